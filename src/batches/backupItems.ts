import type { Json } from '../arm/call.ts';
import { parseResourceId, accountOfShare } from '../arm/resourceId.ts';
import { shareCandidate } from '../estate/candidates.ts';
import { sourceKey, type Protection } from '../estate/protections.ts';
import type { Estate } from '../estate/readEstate.ts';
import type { Plan, Schedule } from '../plan/schema.ts';
import { isAllowed, select, whyNot, type Candidate } from '../plan/select.ts';
import type { BackupOptions, RunRequest, Target } from '../runs/request.ts';
import { targetName, type BatchOf } from '../runs/run.ts';
import { digestOf } from '../runs/runRow.ts';
import type { Table } from '../storage/table.ts';
import { addItems, itemKey, itemsOf, type BatchItem } from './batchItem.ts';

/** What a batch backs up, as far as the plan must be asked: rules by name, a match, or ids. */
type Wanted = Schedule['backUp'];

/** The plan's answer to what a batch asks for; undefined when it does not know the rule or schedule. */
export function wantedOf(
  plan: Plan,
  of: Extract<BatchOf, { kind: 'rule' | 'schedule' }>,
): Wanted | undefined {
  if (of.kind === 'schedule') return plan.schedules.find(({ name }) => name === of.schedule)?.backUp;
  const rule = plan.rules.find(({ name }) => name.toLowerCase() === of.rule.toLowerCase());
  return rule && { rules: [rule.name] };
}

/** The resource behind a protection; a share takes its account's region and tags, a database has none. */
function candidateBehind(
  byKey: ReadonlyMap<string, Candidate>,
  protection: Protection,
): Candidate | undefined {
  const { kind, sourceId, itemId } = protection;
  if (kind === 'fileShare') {
    const account = byKey.get(sourceKey('blobs', accountOfShare(sourceId)));
    return account && shareCandidate(account, sourceId.split('/').at(-1) ?? '');
  }
  if (kind !== 'workload') return byKey.get(sourceKey(kind, sourceId));
  const reading = parseResourceId(itemId);
  if (reading.kind === 'refused') return undefined;
  const { subscriptionId, resourceGroup = '', names } = reading.id;
  return { kind, id: itemId, subscriptionId, resourceGroup, name: names.at(-1) ?? '', region: '', tags: {} };
}

/** The rule or match that takes a protected resource; undefined when none does, or its vault is out of bounds. */
function takenBy(plan: Plan, wanted: Wanted, candidate: Candidate, vaultId: string): string | undefined {
  if (!isAllowed(plan, vaultId, candidate.subscriptionId)) return undefined;
  if ('match' in wanted) return whyNot(wanted.match, candidate) === undefined ? 'match' : undefined;
  if (!('rules' in wanted)) return undefined;
  const names = wanted.rules.map((name) => name.toLowerCase());
  if (candidate.kind === 'workload') {
    const rule = plan.rules.find(
      ({ name, match }) => names.includes(name.toLowerCase()) && whyNot(match, candidate) === undefined,
    );
    return rule?.name;
  }
  const selection = select(plan, candidate);
  return selection.kind === 'selected' && names.includes(selection.rule.name.toLowerCase())
    ? selection.rule.name
    : undefined;
}

/** @param target what people read: the source, where it is known. */
const planned = (itemId: string, target: string, request: RunRequest, rule?: string): BatchItem => ({
  key: itemKey(itemId),
  state: 'planned',
  target,
  request,
  ...(rule === undefined ? {} : { rule }),
});

/** An item that has ended before it was begun. */
const endedItem = (
  status: 'skipped' | 'failed',
  target: string,
  code: string,
  message: string,
  now: Date,
): BatchItem => ({
  key: itemKey(target),
  state: 'ended',
  status,
  target,
  error: { code, message },
  endedAt: now.toISOString(),
});

/** Who asked: what a gate asks for and is not backed up has failed; a schedule lets be what somebody has stopped, a drill all that rests. */
type AskedBy = 'rule' | 'schedule' | 'drill';

const isActive = ({ standing }: Protection): boolean => standing === 'protected' || standing === 'error';

/** Sources that some item backs up: beside it, an older item that rests is of no account. */
const activeSources = (protections: readonly Protection[]): ReadonlySet<string> =>
  new Set(protections.filter(isActive).map(({ kind, sourceId }) => sourceKey(kind, sourceId)));

/** Why an item that rests is not even tried; undefined where its own run is to say what is wrong with it. */
function whyRests(protection: Protection, active: ReadonlySet<string>, askedBy: AskedBy): string | undefined {
  const { kind, sourceId, standing, state } = protection;
  if (isActive(protection)) return undefined;
  if (active.has(sourceKey(kind, sourceId)))
    return `Another item backs up its source; this one is ${state || standing}.`;
  const isLeft = askedBy === 'drill' || (standing === 'stopped' && askedBy === 'schedule');
  return isLeft ? `Its protection is not active: ${state || standing}.` : undefined;
}

/** What is selected, not a share, and not protected: the report says so, the sweep mends it. */
function unprotected(plan: Plan, wanted: Wanted, estate: Estate, askedBy: AskedBy, now: Date): BatchItem[] {
  const status = askedBy === 'rule' ? 'failed' : 'skipped';
  const held = new Set(estate.protections.map(({ kind, sourceId }) => sourceKey(kind, sourceId)));
  return estate.candidates
    .filter((one) => !held.has(sourceKey(one.kind, one.id)))
    .filter((one) => {
      const selection = select(plan, one);
      const vaultId = selection.kind === 'selected' ? selection.vaultId : '';
      return takenBy(plan, wanted, one, vaultId) !== undefined;
    })
    .map(({ id }) =>
      endedItem(status, id, 'NotProtected', 'No vault protects it yet: the next sweep will.', now),
    );
}

/** The items that rules or a match select among what vaults protect; each resource in each vault once. */
export function backupItems(
  plan: Plan,
  wanted: Exclude<Wanted, { items: unknown }>,
  estate: Estate,
  options: BackupOptions,
  askedBy: AskedBy,
  now: Date,
): readonly BatchItem[] {
  const byKey = new Map(estate.candidates.map((one) => [sourceKey(one.kind, one.id), one]));
  const active = activeSources(estate.protections);
  const items = estate.protections.flatMap((protection) => {
    const candidate = candidateBehind(byKey, protection);
    const rule = candidate && takenBy(plan, wanted, candidate, protection.vaultId);
    if (rule === undefined) return [];
    const { itemId, sourceId } = protection;
    const why = whyRests(protection, active, askedBy);
    if (why !== undefined) return [endedItem('skipped', itemId, 'ProtectionStopped', why, now)];
    return [planned(itemId, sourceId, { kind: 'backUp', target: { id: itemId }, ...options }, rule)];
  });
  return [...items, ...unprotected(plan, wanted, estate, askedBy, now)];
}

const vaultIn = (id: string): string | undefined =>
  /^.*\/(?:Microsoft\.RecoveryServices\/vaults|Microsoft\.DataProtection\/backupVaults)\/[^/]+/i.exec(
    id,
  )?.[0];

const names = (list: readonly string[], id: string): boolean =>
  list.some((one) => one.toLowerCase() === id.toLowerCase());

/** Items that a schedule names by id; those out of the plan's bounds are skipped with the reason. */
export function namedItems(
  plan: Plan,
  ids: readonly string[],
  options: BackupOptions,
  now: Date,
): readonly BatchItem[] {
  return ids.map((id) => {
    const reading = parseResourceId(id);
    const subscriptionId = reading.kind === 'ok' ? reading.id.subscriptionId : '';
    const vaultId = vaultIn(id);
    const { vaults, subscriptions } = plan.safety;
    const allowed = vaultId === undefined ? names(subscriptions, subscriptionId) : names(vaults, vaultId);
    return allowed
      ? planned(id, id, { kind: 'backUp', target: { id }, ...options })
      : endedItem('skipped', id, 'NotAllowed', "The plan's safety list does not allow it.", now);
  });
}

/** What the request of a batch keeps of its targets: the targets themselves would not fit its column. */
export const batchOfTargets = (targets: readonly Target[]): BatchOf => ({
  kind: 'targets',
  count: targets.length,
  digest: digestOf(targets as Json),
});

/** Stores the targets of a batch as items, before its run is accepted; a target named twice is one item. */
export const addTargets = (
  batchItems: Table,
  run: { readonly id: string; readonly digest: string },
  targets: readonly Target[],
  options: BackupOptions,
): Promise<void> =>
  addItems(
    batchItems,
    itemsOf(run),
    targets.map((target) => ({
      key: itemKey(JSON.stringify(target)),
      state: 'planned',
      target: targetName(target),
      request: { kind: 'backUp', target, ...options },
    })),
  );
