import type { ArmCall } from '../arm/call.ts';
import { ancestorId, idKey } from '../arm/resourceId.ts';
import type { LoadedPlan } from './loadPlan.ts';

/** Where anything may be written, whoever asks. */
export interface AllowList {
  /** Ids of vaults. */
  readonly vaults: readonly string[] | 'all';
  /** Ids of subscriptions: for what lies outside vaults, roles above all. */
  readonly subscriptions: readonly string[] | 'all';
  /** Whether backups may be deleted, in listed vaults. */
  readonly deletes: boolean;
}

/** What bounds writes where there is no plan. */
export interface WithoutPlan {
  /** `ALLOWED_VAULTS`, `ALLOWED_SUBSCRIPTIONS`. */
  readonly vaults: readonly string[];
  readonly subscriptions: readonly string[];
  /** Nothing bounds them on a developer's machine where nothing is listed. */
  readonly isDevelopment: boolean;
}

const nothing: AllowList = { vaults: [], subscriptions: [], deletes: false };
const everything: AllowList = { vaults: 'all', subscriptions: 'all', deletes: false };

/**
 * The list in force: the plan's `safety`, else what the settings list, else nothing.
 *
 * A plan that is there and cannot be used is not the same as none: as long as no good one is known nothing is written.
 */
export function allowListOf(
  { plan, standing, problems }: Pick<LoadedPlan, 'plan' | 'standing' | 'problems'>,
  { vaults, subscriptions, isDevelopment }: WithoutPlan,
): AllowList {
  const { safety } = plan;
  if (standing !== 'empty')
    return { vaults: safety.vaults, subscriptions: safety.subscriptions, deletes: safety.deleteBackups };
  if (problems.length > 0) return nothing;
  if (vaults.length + subscriptions.length > 0) return { vaults, subscriptions, deletes: false };
  return isDevelopment ? everything : nothing;
}

/** The vault that an id or a path lies in, or is; undefined outside every vault. */
export const vaultIn = (id: string): string | undefined =>
  ancestorId(id, 'vaults') ?? ancestorId(id, 'backupVaults');

/** Whether a vault is listed; undefined stands for one that is not known yet: some vault must be. */
export function allowsVault({ vaults }: AllowList, vaultId: string | undefined): boolean {
  if (vaults === 'all') return true;
  if (vaultId === undefined) return vaults.length > 0;
  return vaults.some((listed) => idKey(listed) === idKey(vaultId));
}

function allowsSubscription({ subscriptions }: AllowList, path: string): boolean {
  const [, id = ''] = /^\/subscriptions\/([^/]+)/i.exec(path) ?? [];
  return subscriptions === 'all' || subscriptions.some((one) => one.toLowerCase() === id.toLowerCase());
}

/** Whether a call changes nothing; a query is a POST and a read. */
export const isRead = ({ method, action }: ArmCall): boolean => method === 'GET' || action.endsWith('/read');

/** Whether a call deletes what backups have kept. */
export const isDeletion = ({ method, action }: ArmCall): boolean =>
  method === 'DELETE' || action.toLowerCase().endsWith('/delete');

/**
 * Whether the list lets a call out. Reads are always let out; data is deleted in a listed vault alone, and only where
 * deleting is allowed; other writes need a listed vault, or a listed subscription outside vaults.
 */
export function allowsCall(list: AllowList, call: ArmCall): boolean {
  if (isRead(call)) return true;
  const vaultId = vaultIn(decodeURIComponent(call.path));
  if (isDeletion(call)) return list.deletes && vaultId !== undefined && allowsVault(list, vaultId);
  return vaultId === undefined ? allowsSubscription(list, call.path) : allowsVault(list, vaultId);
}
