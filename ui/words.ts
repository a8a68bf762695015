import type { Answers } from './apiTypes.ts';

/** One resource of the coverage answer. */
export type CoverageRow = Answers['CoveragePage']['value'][number];
export type CoverageState = CoverageRow['state'];
export type CoverageSummary = Answers['CoveragePage']['summary'];
export type Run = Answers['Run'];
export type ListedRun = Answers['RunPage']['value'][number];

/** How good or bad something is: colour and shape of its mark. */
export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

interface Word {
  readonly text: string;
  readonly tone: Tone;
}

/** Every state of a resource, worst first: words, tone, and what it means for a newcomer. */
export const states: Readonly<Record<CoverageState, Word & { readonly means: string }>> = {
  down: { text: 'Down', tone: 'bad', means: 'older than the rule and its grace allow' },
  failing: { text: 'Failing', tone: 'bad', means: 'the last attempts failed' },
  neverBackedUp: { text: 'Never backed up', tone: 'bad', means: 'protected, without any recovery point' },
  late: { text: 'Late', tone: 'warn', means: 'older than the rule asks' },
  protectionError: { text: 'Protection error', tone: 'bad', means: 'the service reports an error' },
  notProtected: { text: 'Not protected', tone: 'bad', means: 'selected by a rule, in no vault' },
  stopped: { text: 'Stopped', tone: 'warn', means: 'protection was stopped' },
  softDeleted: { text: 'Soft-deleted', tone: 'warn', means: 'deleted in the vault, still to be had back' },
  orphan: { text: 'Orphaned', tone: 'warn', means: 'the resource is gone, its backups remain' },
  notEligible: { text: 'Not eligible', tone: 'idle', means: 'the service cannot protect it' },
  protectedOutsidePlan: { text: 'Outside the plan', tone: 'idle', means: 'protected, by no rule' },
  notSelected: { text: 'Not selected', tone: 'idle', means: 'no rule selects it' },
  excluded: { text: 'Excluded', tone: 'idle', means: 'a rule takes it out' },
  ok: { text: 'Covered', tone: 'good', means: 'a recovery point as young as the rule asks' },
};

export const stateNames = Object.keys(states) as readonly CoverageState[];

/** States that a person should look at, worst first. */
export const exceptions: readonly CoverageState[] = stateNames.filter((name) =>
  ['bad', 'warn'].includes(states[name].tone),
);

/** What a rule selects and is not as it should be, worst first: an orphan's rule selects nothing that is there. */
export const selectedExceptions = exceptions.filter((name) => name !== 'orphan');

export type Proof = NonNullable<CoverageRow['drill']>;

/** What came of a drill, worst first: only what is proven proves a backup. */
export const drillVerdicts: Readonly<Record<Proof['verdict'], Word>> = {
  failed: { text: 'Failed', tone: 'bad' },
  empty: { text: 'Empty', tone: 'bad' },
  mismatch: { text: 'Mismatch', tone: 'bad' },
  unverified: { text: 'Unverified', tone: 'bad' },
  'left over': { text: 'Left over', tone: 'bad' },
  'proven late': { text: 'Proven late', tone: 'warn' },
  proven: { text: 'Proven', tone: 'good' },
};

/** How runs stand. */
export const statuses: Readonly<Record<Run['status'], Word>> = {
  accepted: { text: 'Accepted', tone: 'busy' },
  running: { text: 'Running', tone: 'busy' },
  completed: { text: 'Completed', tone: 'good' },
  completedWithWarnings: { text: 'Completed with warnings', tone: 'warn' },
  failed: { text: 'Failed', tone: 'bad' },
  cancelled: { text: 'Cancelled', tone: 'idle' },
  skipped: { text: 'Skipped', tone: 'idle' },
  timedOut: { text: 'Timed out', tone: 'warn' },
  unknown: { text: 'Unknown', tone: 'bad' },
};

const runKinds: Readonly<Record<Run['kind'], string>> = {
  ...{ backUp: 'Backup', protect: 'Protect', dryRun: 'Dry run', validate: 'Check' },
  ...{ stop: 'Stop', resume: 'Resume', sweep: 'Sweep', drill: 'Restore drill' },
};
/** Every kind of run, in the order of lists. */
export const runKindNames = Object.keys(runKinds);
export const kindOfRun = (kind: string): string => runKinds[kind as Run['kind']] ?? kind;

const resourceKinds: Readonly<Record<string, string>> = {
  ...{ fileShare: 'File share', blobs: 'Blobs', disk: 'Disk', virtualMachine: 'Virtual machine' },
  ...{ workload: 'Database' },
};
/** Every kind of resource, in the order of lists. */
export const kindNames = Object.keys(resourceKinds);
export const kindOfResource = (kind: string): string => resourceKinds[kind] ?? kind;

/** The last segment of an ARM id, decoded; a text that is no id as it is. */
export function nameOf(id: string | undefined): string {
  const last = id?.split('/').at(-1) ?? '';
  return last.split(';').at(-1) || (id ?? '');
}

interface TargetLike {
  readonly id?: string;
  readonly kind?: string;
  readonly share?: string;
  readonly storageAccountId?: string;
  readonly virtualMachineId?: string;
  readonly datasourceId?: string;
  readonly database?: string;
  readonly container?: string;
  readonly vaultId?: string;
}

/** What a run is about: `docs of filesaccount`; undefined for a run about many things. */
export function targetName(target: unknown): string | undefined {
  if (!target || typeof target !== 'object') return undefined;
  const { id, share, storageAccountId, virtualMachineId, datasourceId, database } = target as TargetLike;
  if (share) return `${share} of ${nameOf(storageAccountId)}`;
  if (database) return database;
  return nameOf(virtualMachineId ?? datasourceId ?? id) || undefined;
}

const shareIn = (id: string): readonly string[] | null =>
  /^(.+)\/fileServices\/[^/]+\/shares\/([^/]+)$/i.exec(id);

/** What a run is about, by the resource where it has found that: an item of a share is called by a hash. */
export function runName({ target, result }: Pick<ListedRun, 'target' | 'result'>): string | undefined {
  const id = result?.resourceId;
  if (id === undefined) return targetName(target);
  const [, storageAccountId, share] = shareIn(id) ?? [];
  return share ? `${share} of ${nameOf(storageAccountId)}` : nameOf(id);
}

/** The resource that a run is about, as coverage knows it; undefined where the target does not say. */
export function resourceOf(target: unknown): string | undefined {
  if (!target || typeof target !== 'object') return undefined;
  const { share, storageAccountId, virtualMachineId, datasourceId } = target as TargetLike;
  if (share && storageAccountId) return `${storageAccountId}/fileServices/default/shares/${share}`;
  return virtualMachineId ?? datasourceId;
}

/** A resource as a request names it: by what it is, so that its runs are found under it; a database by its item. */
export function targetOf({ kind, id, vaultId, itemId }: CoverageRow): object {
  const [, storageAccountId, share] = shareIn(id) ?? [];
  if (vaultId === undefined) return { id: itemId };
  if (kind === 'fileShare' && share) return { kind, vaultId, storageAccountId, share };
  if (kind === 'virtualMachine') return { kind, vaultId, virtualMachineId: id };
  return kind === 'disk' || kind === 'blobs' ? { kind, vaultId, datasourceId: id } : { id: itemId };
}

export const vaultOf = (target: unknown): string | undefined => (target as TargetLike | undefined)?.vaultId;

/** `findProtectedItem` as `Find protected item`; the service before the dot is left out. */
export function stepWords(name: string): string {
  const words = (name.split('.').at(-1) ?? name).replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1,204 resources`, `1 resource`. */
export const counted = (count: number, thing: string, many = `${thing}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? thing : many}`;
