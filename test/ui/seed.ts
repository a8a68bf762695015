// An estate of any size with every state in it: answers in the shape of the API, the same for the same size.
import type { Answers } from '../../ui/apiTypes.ts';

export type Row = Answers['CoveragePage']['value'][number];
type State = Row['state'];
type Run = Answers['Run'];

const day = 86_400_000;
const subscriptions = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
];
const regions = ['westeurope', 'northeurope', 'germanywestcentral'];
const kinds = ['virtualMachine', 'fileShare', 'disk', 'blobs', 'workload'] as const;
const rules: Readonly<Record<Row['kind'], string>> = {
  virtualMachine: 'machines of production',
  fileShare: 'shares tagged daily',
  disk: 'production disks',
  blobs: 'blobs of the archive',
  workload: 'databases',
};

/** Worst first, as the API lists them; how many of a thousand resources are so. */
const shares: readonly (readonly [State, number])[] = [
  ...([
    ['down', 2],
    ['failing', 3],
    ['neverBackedUp', 2],
    ['late', 6],
    ['protectionError', 1],
  ] as const),
  ...([
    ['notProtected', 4],
    ['stopped', 2],
    ['softDeleted', 1],
    ['orphan', 3],
    ['notEligible', 10],
  ] as const),
  ...([
    ['protectedOutsidePlan', 12],
    ['notSelected', 40],
    ['excluded', 14],
    ['ok', 900],
  ] as const),
];

const told: Readonly<
  Record<State, readonly [reason: string, service?: string | undefined, advice?: string]>
> = {
  down: [
    'The newest recovery point is 3 days old; the rule asks for one a day, with 6 hours of grace.',
    undefined,
    'Look at the last failed job, then back up now.',
  ],
  failing: [
    'The last 3 backups failed.',
    'UserErrorGuestAgentStatusUnavailable: The VM agent is unable to communicate with the Azure Backup Service.',
    'Start the machine and its agent, then back up now.',
  ],
  neverBackedUp: ['Protected since Tuesday, without any recovery point.', 'IRPending', 'Back up now.'],
  late: [
    'The newest recovery point is 27 hours old; the rule asks for one a day.',
    undefined,
    'The next occurrence may mend it; else back up now.',
  ],
  protectionError: [
    'The service reports an error of the protection.',
    'ProtectionError: UserErrorMissingPermissions',
    'Grant the vault its roles: POST /api/protections with grantRoles.',
  ],
  notProtected: [
    'Selected by the rule, protected by no vault.',
    undefined,
    'A sweep protects it: POST /api/sweeps { "dryRun": false }.',
  ],
  stopped: [
    'Protection was stopped, backups are kept.',
    'ProtectionStopped',
    'Resume it, or exclude the resource.',
  ],
  softDeleted: [
    'Deleted in the vault, still to be had back.',
    'SoftDeleted',
    'Undelete it before the date below, or let it go.',
  ],
  orphan: [
    'The resource is gone; its backups remain.',
    undefined,
    'Restore what is needed, then delete the backups.',
  ],
  notEligible: ['the disk uses Azure Disk Encryption, which disk backup does not support'],
  protectedOutsidePlan: ['Protected by a vault; no rule selects it.'],
  notSelected: ['machines of production: tag env is "test", not "prod".'],
  excluded: ['Taken out by the rule.'],
  ok: ['A recovery point younger than the rule asks.'],
};

/** A number from 0 to 1 that belongs to a position. */
const spread = (at: number): number => ((at * 2654435761) % 4294967296) / 4294967296;

const iso = (ms: number): string => new Date(ms).toISOString();
const vaultOf = (kind: Row['kind'], subscription: string): string =>
  kind === 'disk' || kind === 'blobs'
    ? `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.DataProtection/backupVaults/disks-west`
    : `/subscriptions/${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/files-west`;

function idOf(kind: Row['kind'], subscription: string, group: string, name: string): string {
  const base = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  switch (kind) {
    case 'virtualMachine':
      return `${base}/Microsoft.Compute/virtualMachines/${name}`;
    case 'fileShare':
      return `${base}/Microsoft.Storage/storageAccounts/files${name.length}/fileServices/default/shares/${name}`;
    case 'disk':
      return `${base}/Microsoft.Compute/disks/${name}`;
    case 'blobs':
      return `${base}/Microsoft.Storage/storageAccounts/${name.replaceAll('-', '')}`;
    case 'workload':
      return `${vaultOf(kind, subscription)}/backupFabrics/Azure/protectionContainers/VMAppContainer;Compute;${group};sql/protectedItems/SQLDataBase;mssqlserver;${name}`;
  }
}

const names = { virtualMachine: 'vm', fileShare: 'share', disk: 'disk', blobs: 'blobs', workload: 'db' };
const teams = ['ledger', 'payments', 'archive', 'claims', 'portal', 'billing', 'search'];

const isInVault = (state: State): boolean =>
  !['notProtected', 'notEligible', 'notSelected', 'excluded'].includes(state);
const isSelected = (state: State): boolean =>
  !['protectedOutsidePlan', 'notSelected', 'excluded', 'orphan'].includes(state);
const hoursOld: Partial<Record<State, number>> = {
  down: 75,
  failing: 50,
  late: 27,
  stopped: 900,
  softDeleted: 200,
  orphan: 700,
};

/** The first is of most drills, the others of one in four. */
const drilled: readonly Pick<NonNullable<Row['drill']>, 'verdict' | 'reason'>[] = [
  { verdict: 'proven' },
  { verdict: 'mismatch', reason: 'DrillMismatch: 3 files failed and 0 were skipped.' },
  { verdict: 'empty', reason: 'DrillEmpty: 0 files came back, fewer than 1.' },
  { verdict: 'failed', reason: 'UserErrorTargetNotReachable: The target account cannot be reached.' },
  { verdict: 'unverified', reason: 'DrillUnverified: The webhook gave no verdict within PT2H.' },
  { verdict: 'left over', reason: 'DrillLeftOver: abd-1: a lock keeps it.' },
  { verdict: 'proven late' },
];

function rowOf(at: number, state: State, now: number): Row {
  const kind = kinds[at % kinds.length]!;
  const subscriptionId = subscriptions[at % 3]!;
  const team = teams[at % teams.length]!;
  const resourceGroup = `${team}-${at % 4 === 0 ? 'test' : 'prod'}`;
  const name = `${team}-${names[kind]}-${String(at).padStart(5, '0')}`;
  const [reason, serviceWords, advice] = told[state];
  const id = idOf(kind, subscriptionId, resourceGroup, name);
  const vaultId = vaultOf(kind, subscriptionId);
  const pointMs = now - ((hoursOld[state] ?? 2) + spread(at) * 12) * 3_600_000;
  const hasPoint = isInVault(state) && state !== 'neverBackedUp';
  return {
    ...{ id, kind, name, subscriptionId, resourceGroup, region: regions[at % 3]!, state, reason },
    since: iso(now - (state === 'ok' ? 40 : 1 + spread(at) * 6) * day),
    ...(serviceWords ? { serviceWords } : {}),
    ...(advice ? { advice } : {}),
    ...(isSelected(state)
      ? {
          rule: rules[kind],
          expect: { every: 'P1D', grace: 'PT6H', from: 'rule' as const },
          nextOccurrence: {
            at: iso(now + (2 + spread(at) * 18) * 3_600_000),
            schedule: 'before the nightly close',
          },
        }
      : {}),
    ...(state === 'excluded' ? { excludedBy: 'machines of production: exclude.names tmp-*' } : {}),
    ...(isInVault(state)
      ? {
          vaultId,
          policyId: `${vaultId}/backupPolicies/daily`,
          itemId:
            kind === 'workload'
              ? id
              : `${vaultId}/backupFabrics/Azure/protectionContainers/c;${resourceGroup}/protectedItems/i;${name}`,
        }
      : {}),
    ...(hasPoint
      ? {
          lastGoodPoint: {
            at: iso(pointMs),
            tier: 'InstantRP',
            expiresAt: iso(pointMs + 30 * day),
            source: at % 4 === 0 ? ('jobs' as const) : ('lastRecoveryPoint' as const),
          },
        }
      : {}),
    ...(state === 'orphan' || state === 'softDeleted' ? { keptUntil: iso(now + 9 * day) } : {}),
    ...(at % 50 === 1 && state === 'ok'
      ? {
          drill: {
            run: runId(500 + at),
            at: iso(now - 3 * day),
            ...drilled[at % 200 === 1 ? ((at - 1) / 200) % drilled.length : 0]!,
            pointAt: iso(now - 4 * day),
            ...(at % 1400 === 601 ? {} : { restoreSeconds: 340 + (at % 90) }),
          },
        }
      : {}),
    readAt: iso(now - 240_000),
  };
}

/** Every resource, worst and oldest first. */
export function seedRows(size: number, now: number): readonly Row[] {
  let at = 0;
  return shares.flatMap(([state, share], index) => {
    const isLast = index === shares.length - 1;
    const count = isLast ? size - at : Math.round((share * size) / 1000);
    const rows = Array.from({ length: count }, () => rowOf(at++, state, now));
    return rows.sort((one, other) => (one.since < other.since ? -1 : 1));
  });
}

/** What is true of all rows together. */
export function summaryOf(rows: readonly Row[], now: number): Answers['CoveragePage']['summary'] {
  const counts = Object.fromEntries(shares.map(([state]) => [state, 0])) as Record<State, number>;
  for (const { state } of rows) counts[state] += 1;
  return {
    counts,
    total: rows.length,
    selected: rows.filter(({ rule }) => rule !== undefined).length,
    readAt: iso(now - 240_000),
    complete: true,
    incompleteReasons: [],
  };
}

/** Fourteen days, one of them unread, one of them bad. */
export function seedHistory(rows: readonly Row[], now: number): Answers['CoverageHistory'] {
  const days = Array.from({ length: 14 }, (_, at) => {
    const date = iso(now - (13 - at) * day).slice(0, 10);
    if (at === 3) return { date, kinds: {} };
    const counts: Record<string, Record<string, number>> = {};
    for (const { kind, state } of rows) {
      (counts[kind] ??= {})[state] = (counts[kind][state] ?? 0) + 1;
    }
    if (at === 8 && counts['disk']) {
      const half = Math.floor((counts['disk']['ok'] ?? 0) / 3);
      counts['disk']['ok'] = (counts['disk']['ok'] ?? 0) - half;
      counts['disk']['failing'] = (counts['disk']['failing'] ?? 0) + half;
    }
    return { date, readAt: iso(now - (13 - at) * day), kinds: counts };
  });
  return { days } as Answers['CoverageHistory'];
}

/** The changes of one resource's state, newest first. */
export const seedChanges = (row: Row, now: number): Answers['CoverageResource']['history'] => [
  { at: row.since, state: row.state, reason: row.reason },
  ...(row.state === 'ok'
    ? []
    : [
        { at: iso(Date.parse(row.since) - 5 * day), state: 'ok' as const, reason: told.ok[0] },
        { at: iso(Date.parse(row.since) - 6 * day), state: 'late' as const, reason: told.late[0] },
      ]),
  ...(row.state === 'ok' ? [] : [{ at: iso(now - 60 * day), state: 'ok' as const, reason: told.ok[0] }]),
];

/** Forty hexadecimal digits that belong to a number. */
export const runId = (at: number): string => at.toString(16).padStart(40, 'a');

const shareTarget = (share: string): NonNullable<Run['target']> => ({
  kind: 'fileShare',
  vaultId: vaultOf('fileShare', subscriptions[1]!),
  storageAccountId: `/subscriptions/${subscriptions[1]}/resourceGroups/ledger-prod/providers/Microsoft.Storage/storageAccounts/ledgerfiles`,
  share,
});

const jobId = 'f0980a1e-02df-438f-8d76-24c51dcb5470';

const step = (
  name: string,
  from: number,
  to: number | undefined,
  more: object = {},
): Run['steps'][number] => ({
  name: `recoveryServices.${name}`,
  status: to === undefined ? 'waiting' : 'done',
  startedAt: iso(from),
  ...(to === undefined ? {} : { endedAt: iso(to) }),
  asks: 1,
  ...more,
});

/** A finished backup. */
export function completedRun(at: number, begin: number): Run {
  const end = begin + 41 * 60_000;
  return {
    ...{
      id: runId(at),
      kind: 'backUp',
      status: 'completed',
      target: shareTarget(`docs-${at}`),
      generation: 1,
    },
    requestedBy: { source: 'schedule', key: `nightly-${at}` },
    createdAt: iso(begin),
    endedAt: iso(end),
    steps: [
      step('findProtectedItem', begin + 400, begin + 2100),
      step('backUpNow', begin + 2500, begin + 64_000, { asks: 3 }),
      step('findRecoveryPoint', end - 9000, end - 2000),
    ],
    operation: { status: 'Succeeded' },
    job: { id: jobId, status: 'Completed', startedAt: iso(begin + 60_000), endedAt: iso(end - 60_000) },
    recoveryPoint: {
      id: `${vaultOf('fileShare', subscriptions[1]!)}/recoveryPoints/113425421396545`,
      at: iso(begin + 120_000),
      type: 'FileSystemConsistent',
      tiers: [{ type: 'InstantRP', expiresAt: iso(begin + 30 * day) }],
    },
    result: { expiresAt: iso(begin + 30 * day) },
    warnings: [],
  };
}

/** A run that goes on: `progress` per cent of its job. */
export function runningRun(at: number, begin: number, progress: number): Run {
  const { endedAt: _, recoveryPoint: _point, result: _result, ...run } = completedRun(at, begin);
  return {
    ...run,
    status: 'running',
    steps: run.steps.slice(0, 2),
    job: {
      id: jobId,
      status: 'InProgress',
      progress: `Transfer data to vault ${progress} %`,
      startedAt: iso(begin + 60_000),
    },
  };
}

/** A run the service refused. */
export function failedRun(at: number, begin: number): Run {
  const { recoveryPoint: _, result: _result, job: _job, ...run } = completedRun(at, begin);
  return {
    ...run,
    status: 'failed',
    endedAt: iso(begin + 65_000),
    steps: [
      step('findProtectedItem', begin + 400, begin + 2100),
      step('backUpNow', begin + 2500, begin + 64_000, {
        status: 'refused',
        detail: 'UserErrorAfsSnapshotLimitReached: The maximum number of snapshots of the share is reached.',
      }),
    ],
    error: {
      code: 'UserErrorAfsSnapshotLimitReached',
      message: 'The maximum number of snapshots of the share is reached.',
      advice: 'Delete snapshots that are no longer needed, or shorten the retention of the policy.',
      correlationId: '7b2f3e52-1a0f-4a9e-9a52-5b2b8f0c9f11',
    },
  };
}

/** A finished drill of a share. */
export function drillRun(at: number, begin: number): Run {
  const { recoveryPoint: _, ...run } = completedRun(at, begin);
  const account = `/subscriptions/${subscriptions[1]}/resourceGroups/ledger-prod/providers/Microsoft.Storage/storageAccounts`;
  return {
    ...{ ...run, kind: 'drill' },
    target: { id: `${vaultOf('fileShare', subscriptions[1]!)}/protectedItems/AzureFileShare;7179ab083c14` },
    steps: [
      step('choosePoint', begin + 400, begin + 2100),
      step('createDrillShare', begin + 2500, begin + 9000),
      step('restoreShare', begin + 9500, begin + 64_000, { asks: 3 }),
      step('deleteDrillTarget', begin + 40 * 60_000, begin + 41 * 60_000),
    ],
    result: {
      verdict: 'proven',
      resourceId: `${account}/ledgerfiles/fileServices/default/shares/ledger-2024`,
      point: { id: 'p', at: iso(begin - day), ageSeconds: 86_400 },
      restoredTo: [`${account}/drillfiles/fileServices/default/shares/abd-${runId(at)}`],
      restoreSeconds: 341,
      counts: { restored: 1204, skipped: 0, failed: 0 },
    },
  };
}

/** A batch of twelve: ten went well, one failed, one was skipped; its children carry its id. */
export function batchRuns(at: number, begin: number): readonly Run[] {
  const id = runId(at);
  const children = Array.from({ length: 4 }, (_, index): Run => ({
    ...(index === 2 ? failedRun(at + 1 + index, begin + 1000) : completedRun(at + 1 + index, begin + 1000)),
    batch: id,
    requestedBy: { source: 'batch', key: `child-${index}` },
  }));
  const head: Run = {
    ...{ id, kind: 'backUp', status: 'failed', generation: 1, steps: [], warnings: [] },
    requestedBy: { source: 'schedule', key: 'before the nightly close 2026-11-29T00:30' },
    createdAt: iso(begin),
    endedAt: iso(begin + 50 * 60_000),
    error: { code: 'BatchPartlyFailed', message: '1 of 12 did not end well.' },
    counts: { total: 12, completed: 10, failed: 1, skipped: 1 },
    failures: [
      {
        target: 'docs-7',
        run: children[2]!.id,
        status: 'failed',
        error: {
          code: 'UserErrorAfsSnapshotLimitReached',
          message: 'The maximum number of snapshots of the share is reached.',
        },
      },
      {
        target: 'docs-9',
        status: 'skipped',
        error: { code: 'DailyLimitReached', message: '10 of 10 backups of the share were made today.' },
      },
    ],
    report: { seconds: 3000, medianSeconds: 2460, longestSeconds: 2520, skipped: { DailyLimitReached: 1 } },
  };
  return [...children.toReversed(), head];
}

/** A run whose step the service parks until the next day. */
export function parkedRun(at: number, begin: number): Run {
  const run = runningRun(at, begin, 0);
  const { job: _, ...rest } = run;
  return {
    ...rest,
    waitsFor: 'limit',
    steps: [
      step('findProtectedItem', begin + 400, begin + 2100),
      step('backUpNow', begin + 2500, undefined, {
        detail: 'The maximum number of on-demand backups per day is reached; asked again tomorrow.',
      }),
    ],
  };
}

/** Two vaults: one well kept, one not. */
export function seedVaults(now: number): Answers['Vaults'] {
  const controls = [
    'softDelete',
    'immutability',
    'multiUserAuthorization',
    'redundancy',
    'crossRegionRestore',
    'publicAccess',
    'customerManagedKey',
    'jobFailureAlerts',
    'sourceScan',
    'policyRetention',
    'policyFrequency',
    'identity',
  ] as const;
  type Vault = Answers['Vaults']['value'][number];
  const posture = (fails: readonly number[], unknown: readonly number[]): Vault['posture'] =>
    controls.map((control, at) => {
      const verdict = fails.includes(at) ? 'fail' : unknown.includes(at) ? 'unknown' : 'pass';
      const message =
        verdict === 'pass'
          ? 'On, 14 days.'
          : verdict === 'fail'
            ? 'Off: anyone with the right may end it.'
            : 'The service does not say.';
      return {
        control,
        verdict,
        property: `properties.securitySettings.${control}`,
        value: verdict === 'pass' ? 'On' : 'Off',
        message,
      };
    });
  const items = [vaultOf('fileShare', subscriptions[0]!), vaultOf('disk', subscriptions[0]!)];
  return {
    value: items.map((id, at): Vault => ({
      id,
      name: id.split('/').at(-1)!,
      type: at === 0 ? 'recoveryServices' : 'backup',
      subscriptionId: subscriptions[0]!,
      region: 'westeurope',
      readAt: iso(now - 240_000),
      posture: at === 0 ? posture([], [8]) : posture([1, 2, 5], [7, 8]),
      items: at === 0 ? { protected: 3210, stopped: 12 } : { protected: 1877, error: 4 },
      jobsInFlight: at === 0 ? 14 : 2,
      budgets: [
        { action: 'reads', remaining: 231, limit: 250 },
        { action: 'writes', remaining: 12, limit: 200 },
        ...(at === 0
          ? [
              {
                action: 'Microsoft.RecoveryServices/vaults/backupJobs/read',
                remaining: 0,
                limit: 150,
                pausedUntil: iso(now + 11 * 60_000),
              },
            ]
          : []),
      ],
      dailyLimits:
        at === 0
          ? [
              {
                item: `${id}/backupFabrics/Azure/protectionContainers/c/protectedItems/i;docs-7`,
                kind: 'fileShare',
                used: 10,
                limit: 10,
                day: iso(now).slice(0, 10),
              },
            ]
          : [],
    })),
  };
}
