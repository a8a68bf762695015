import type { ArmCall } from '../arm/call.ts';
import { ancestorId, idKey } from '../arm/resourceId.ts';
import { isDrillPlace } from '../arm/resourceKinds.ts';
import type { LoadedPlan } from './loadPlan.ts';

/** Where anything may be written, whoever asks. */
export interface AllowList {
  /** Ids of vaults. */
  readonly vaults: readonly string[] | 'all';
  /** Ids of subscriptions: for what lies outside vaults, roles above all. */
  readonly subscriptions: readonly string[] | 'all';
  /** Whether backups may be deleted, in listed vaults. */
  readonly deletes: boolean;
  /**
   * Ids of groups and accounts that drills restore into, and delete from what they made; of a subscription only the groups
   * that drills of machines make there by their own name.
   */
  readonly drillTargets: readonly string[] | 'all';
}

/** What bounds writes where there is no plan. */
export interface WithoutPlan {
  /** `ALLOWED_VAULTS`, `ALLOWED_SUBSCRIPTIONS`. */
  readonly vaults: readonly string[];
  readonly subscriptions: readonly string[];
  /** Nothing bounds them on a developer's machine where nothing is listed. */
  readonly isDevelopment: boolean;
}

const nothing: AllowList = { vaults: [], subscriptions: [], deletes: false, drillTargets: [] };
const everything: AllowList = { vaults: 'all', subscriptions: 'all', deletes: false, drillTargets: 'all' };

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
    return {
      vaults: safety.vaults,
      subscriptions: safety.subscriptions,
      deletes: safety.deleteBackups,
      drillTargets: safety.drillTargets ?? [],
    };
  if (problems.length > 0) return nothing;
  if (vaults.length + subscriptions.length > 0)
    return { vaults, subscriptions, deletes: false, drillTargets: [] };
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

/** Whether something lies in a group or account that drills restore into, or is it. */
export const allowsDrillTarget = ({ drillTargets }: AllowList, id: string): boolean =>
  drillTargets === 'all' || isDrillPlace(drillTargets, id);

/** Writes that only drills make: groups, tags beside a thing, and what has its tag among its metadata. */
const drillWrites =
  /^Microsoft\.Resources\/(?:tags|subscriptions\/resourceGroups)\/write$|\/(?:fileServices\/shares|blobServices\/containers)\/write$/i;

/** The thing that a drill would make, tag or delete; undefined for any other call. */
export function drillThingOf(call: ArmCall): string | undefined {
  const path = decodeURIComponent(call.path);
  if (vaultIn(path) !== undefined || isRead(call)) return undefined;
  if (!isDeletion(call) && !drillWrites.test(call.action)) return undefined;
  return path.replace(/\/providers\/Microsoft\.Resources\/tags\/default$/i, '');
}

/** Whether a call restores something; validating it makes nothing. */
export const isRestore = ({ action }: ArmCall): boolean => /\/restore\/action$/i.test(action);

type Body = { readonly [name: string]: unknown } | null | undefined;
const member = (body: unknown, name: string): Body => (body as Body)?.[name] as Body;

/** Where each way of restoring aside writes to; a way that is missing here restores in place, or makes a machine. */
const targetsOf: Readonly<Record<string, (properties: Body) => readonly unknown[]>> = {
  AlternateLocation: (properties) => [member(member(properties, 'targetDetails'), 'targetResourceId')],
  RestoreDisks: (properties) => [
    member(properties, 'targetResourceGroupId'),
    member(properties, 'storageAccountId'),
  ],
};

/** Everything that a restore would write into, as its body says; empty for one in place, which is never let out. */
function restoreTargetsIn({ body }: ArmCall): readonly unknown[] {
  const properties = member(body, 'properties');
  if (!properties) return [member(member(member(body, 'restoreTargetInfo'), 'datasourceInfo'), 'resourceID')];
  return targetsOf[String(member(properties, 'recoveryType'))]?.(properties) ?? [];
}

function allowsRestore(list: AllowList, call: ArmCall): boolean {
  const targets = restoreTargetsIn(call);
  return targets.length > 0 && targets.every((id) => typeof id === 'string' && allowsDrillTarget(list, id));
}

/**
 * Whether the list lets a call out. Reads are always let out; backups are deleted in a listed vault alone, and only where
 * deleting is allowed; outside vaults only what lies in a drill's targets is deleted. Restores need a listed vault and a
 * drill's target. Other writes need a listed vault, or a listed subscription or a drill's target outside vaults.
 */
export function allowsCall(list: AllowList, call: ArmCall): boolean {
  if (isRead(call)) return true;
  const path = decodeURIComponent(call.path);
  const vaultId = vaultIn(path);
  if (vaultId === undefined) {
    const isListed = allowsDrillTarget(list, path);
    return isListed || (drillThingOf(call) === undefined && allowsSubscription(list, call.path));
  }
  if (isDeletion(call)) return list.deletes && allowsVault(list, vaultId);
  return allowsVault(list, vaultId) && (!isRestore(call) || allowsRestore(list, call));
}
