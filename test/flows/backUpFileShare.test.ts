import { describe, expect, test } from 'vitest';
import type { WatchOutcome } from '../../src/arm/backupJob.ts';
import type { StepOrder, StepOutcome } from '../../src/steps/step.ts';
import { playRun } from '../support/simulatedRun.ts';
import {
  otherVaultId,
  policyId,
  shareTarget,
  shareWorld,
  storageAccountId,
  vaultId,
} from '../support/shareWorld.ts';

const backUpDocs = { kind: 'backUp', target: shareTarget('docs') } as const;
const backUpDocsProtectingFirst = { ...backUpDocs, protectFirst: { policyId: policyId('daily') } };
const protectedDocs = shareWorld({ protectedShares: ['docs'] });
const docsItem = { storageAccountId, share: 'docs', policy: 'daily' };

const jobsEnding = (job: object) => shareWorld({ protectedShares: ['docs'], datasource: { jobs: [job] } });

describe('a share that is protected already', () => {
  test('costs three requests, and one for the recovery point', async () => {
    const { requests } = await playRun({ world: protectedDocs, request: backUpDocs });
    expect(requests).toEqual(['GET items', 'POST backup', 'GET jobs', 'GET recoveryPoints']);
  });

  test('costs one less when its item is named by id', async () => {
    const named = await playRun({ world: protectedDocs, request: backUpDocs });
    const { protectedItemId: id } = named.ending.result as { protectedItemId: string };
    const { requests, ending } = await playRun({
      world: protectedDocs,
      request: { kind: 'backUp', target: { id } },
    });
    expect(requests).toEqual(['POST backup', 'GET jobs', 'GET recoveryPoints']);
    expect(ending.status).toBe('completed');
  });

  test('ends with the job, the recovery point and the expiry that was sent', async () => {
    const { ending, simulator } = await playRun({
      world: protectedDocs,
      request: { ...backUpDocs, keepFor: 'P7D' },
    });
    expect(ending).toMatchObject({
      status: 'completed',
      job: { status: 'Completed', startedAt: expect.stringMatching(/^2026-08-22T02:00:0/) },
      recoveryPoint: {
        at: expect.stringMatching(/^2026-08-22T02:00:0/),
        type: 'FileSystemConsistent',
        tiers: [{ type: 'InstantRP', expiresAt: '2026-08-29T02:00:00.000Z' }],
      },
      result: { expiresAt: '2026-08-29T02:00:00.000Z' },
      warnings: [],
    });
    expect(simulator.effects.count('backup')).toBe(1);
  });

  test('is found whatever the case of its name', async () => {
    const target = { ...shareTarget('DOCS'), storageAccountId: storageAccountId.toUpperCase() };
    const { ending } = await playRun({ world: protectedDocs, request: { kind: 'backUp', target } });
    expect(ending.status).toBe('completed');
  });

  test('keeps for 30 days when nothing is said', async () => {
    const { ending } = await playRun({ world: protectedDocs, request: backUpDocs });
    expect(ending.result).toMatchObject({ expiresAt: '2026-09-21T02:00:00.000Z' });
  });

  test('may be backed up while its first backup is pending', async () => {
    const world = shareWorld({ items: [{ ...docsItem, state: 'IRPending' }] });
    expect((await playRun({ world, request: backUpDocs })).ending.status).toBe('completed');
  });

  test('is backed up in ProtectionError too, with a warning', async () => {
    const world = shareWorld({ items: [{ ...docsItem, state: 'ProtectionError' }] });
    const { ending } = await playRun({ world, request: backUpDocs });
    expect(ending.status).toBe('completed');
    expect(ending.warnings).toEqual(['The state of share docs of papers01 is ProtectionError.']);
  });
});

describe('the status of the run is the status of the job', () => {
  test('Failed, with the code, the words and the advice of the service', async () => {
    const { ending } = await playRun({
      world: jobsEnding({
        status: 'Failed',
        errorCode: 400_141,
        errorString: 'The snapshot could not be taken.',
        recommendations: ['Try again later.'],
      }),
      request: backUpDocs,
    });
    expect(ending.status).toBe('failed');
    expect(ending.error).toEqual({
      code: '400141',
      message: 'The snapshot could not be taken.',
      advice: 'Try again later.',
    });
    expect(ending.recoveryPoint).toBeUndefined();
  });

  test('CompletedWithWarnings, with a recovery point and the warning in words', async () => {
    const { ending } = await playRun({
      world: jobsEnding({
        status: 'CompletedWithWarnings',
        errorCode: 520_512,
        errorString: 'Some files were skipped.',
        recommendations: [],
      }),
      request: backUpDocs,
    });
    expect(ending.status).toBe('completedWithWarnings');
    expect(ending.warnings).toEqual([expect.stringContaining('520512: Some files were skipped.')]);
    expect(ending.recoveryPoint).toBeDefined();
    expect(ending.error).toBeUndefined();
  });

  test('Cancelled by somebody in Azure', async () => {
    const { ending } = await playRun({ world: jobsEnding({ status: 'Cancelled' }), request: backUpDocs });
    expect(ending.status).toBe('cancelled');
    expect(ending.job).toMatchObject({ status: 'Cancelled' });
  });

  test('timedOut, with the job, when it still runs after six hours', async () => {
    const world = jobsEnding({ seconds: 100_000 });
    const { ending, tookSeconds } = await playRun({ world, request: backUpDocs });
    expect(tookSeconds).toBeGreaterThan(21_600);
    expect(tookSeconds).toBeLessThan(22_000);
    expect(ending.status).toBe('timedOut');
    expect(ending.job).toMatchObject({ status: 'InProgress' });
  });
});

describe('the job', () => {
  test('is looked for less often as it grows old', async () => {
    const { requests } = await playRun({ world: jobsEnding({ seconds: 7200 }), request: backUpDocs });
    const looks = requests.filter((request) => request === 'GET job').length;
    expect(looks).toBeGreaterThan(30);
    expect(looks).toBeLessThan(60);
  });

  test('is found in the list when the operation names none', async () => {
    const { ending, requests } = await playRun({
      world: protectedDocs,
      request: backUpDocs,
      faults: [{ on: 'recoveryServices.itemStatus', fault: { kind: 'body', merge: { properties: null } } }],
    });
    expect(requests).toContain('GET jobs');
    expect(ending.status).toBe('completed');
  });

  test('is found in the list when the operation cannot be read to its end', async () => {
    const interfere = (order: StepOrder): StepOutcome | undefined =>
      order.stepName === 'recoveryServices.followBackupOperation'
        ? { kind: 'timedOut', failure: { code: 'StepTimedOut', message: 'given up after 600 s' } }
        : undefined;
    const { ending } = await playRun({ world: protectedDocs, request: backUpDocs, interfere });
    expect(ending.status).toBe('completed');
  });

  test('of somebody else is followed when the service says that one is running, and the record says so', async () => {
    const joined = {
      service: 'recoveryServices',
      ...{
        vaultId,
        itemId: `${vaultId}/backupFabrics/Azure/protectionContainers/a/protectedItems/AzureFileShare;b`,
      },
      ...{ kind: 'fileShare', expiresAt: '2026-09-21T02:00:00.000Z', stepId: '', attemptId: '' },
      ...{
        sentAt: '2026-08-22T01:59:00Z',
        waitSeconds: 60,
        jobId: '0b0b0b0b-0000-4000-8000-000000000001',
        joined: true,
      },
    };
    const ended = {
      job: {
        id: joined.jobId,
        status: 'Completed',
        startedAt: '2026-08-22T01:59:00Z',
        endedAt: '2026-08-22T02:01:00Z',
      },
      ended: 'completed',
      warnings: [],
    };
    const answers: Record<string, StepOutcome> = {
      'recoveryServices.backUpNow': { kind: 'done', result: joined, how: 'joined' },
      'recoveryServices.findRecoveryPoint': {
        kind: 'done',
        result: { id: 'point', at: '2026-08-22T01:59:01Z', tiers: [{ type: 'InstantRP' }] },
      },
    };
    const { ending, stepNames } = await playRun({
      world: protectedDocs,
      request: backUpDocs,
      interfere: ({ stepName }) => answers[stepName],
      interfereWatch: ({ jobId, joined: isJoined }) =>
        jobId === joined.jobId && isJoined ? { kind: 'ended', ending: ended } : undefined,
    });
    expect(ending.status).toBe('completed');
    expect(ending.warnings[0]).toContain('already running');
    expect(ending.result).toEqual({
      protectedItemId: expect.stringContaining('AzureFileShare;'),
      joined: true,
    });
    expect(stepNames).not.toContain('recoveryServices.followBackupOperation');
  });
});

test('an operation that ends because a backup runs already leads to that one', async () => {
  const { ending, simulator } = await playRun({
    world: shareWorld({
      protectedShares: ['docs'],
      datasource: { scheduledAfterSeconds: [0], jobs: [{ seconds: 600 }] },
    }),
    request: backUpDocs,
    faults: [
      {
        on: 'recoveryServices.backup',
        fault: {
          kind: 'operation',
          status: 'Failed',
          code: 'UserErrorBackupOperationInProgress',
          message: 'A backup runs.',
        },
      },
    ],
  });
  expect(ending.status).toBe('completed');
  expect(ending.warnings[0]).toContain('already running');
  expect(ending.result).toMatchObject({ joined: true });
  expect(simulator.effects.count('backup')).toBe(0);
});

describe('a run that is cancelled while its job runs', () => {
  const cancelledAtTheJob = ({ event }: { readonly event: number }): WatchOutcome | undefined =>
    event === 1 ? { kind: 'cancelRequested' } : undefined;

  test('cancels the job and ends as the job does', async () => {
    const { ending, requests } = await playRun({
      world: jobsEnding({ seconds: 3600 }),
      request: backUpDocs,
      interfereWatch: cancelledAtTheJob,
    });
    expect(requests).toContain('POST cancelJob');
    expect(ending.status).toBe('cancelled');
  });

  test('follows on and says so when the job cannot be cancelled', async () => {
    const { ending } = await playRun({
      world: jobsEnding({ seconds: 3600 }),
      request: backUpDocs,
      interfereWatch: cancelledAtTheJob,
      faults: [
        {
          on: 'recoveryServices.cancelJob',
          fault: {
            kind: 'reply',
            status: 400,
            code: 'UserErrorCannotCancel',
            message: 'The transfer has begun.',
          },
        },
      ],
    });
    expect(ending.status).toBe('completed');
    expect(ending.warnings[0]).toContain('The transfer has begun.');
  });
});

test('a run that is cancelled before its backup starts none', async () => {
  const { ending, simulator } = await playRun({
    world: protectedDocs,
    request: backUpDocs,
    interfere: ({ stepName }) =>
      stepName === 'recoveryServices.backUpNow' ? { kind: 'cancelled' } : undefined,
  });
  expect(ending).toMatchObject({ status: 'cancelled', error: { code: 'RunCancelled' } });
  expect(simulator.effects.all()).toEqual([]);
});

describe('a share that is not protected', () => {
  test('is not backed up, and the record names the shares that are', async () => {
    const { ending } = await playRun({
      world: shareWorld({ protectedShares: ['plans'] }),
      request: backUpDocs,
    });
    expect(ending.status).toBe('failed');
    expect(ending.error).toMatchObject({
      code: 'NotProtected',
      message: 'The vault does not protect share docs of papers01. Protected beside it: plans.',
    });
  });

  test('is protected first where the request names a policy', async () => {
    const { ending, simulator } = await playRun({ world: shareWorld(), request: backUpDocsProtectingFirst });
    expect(ending.status).toBe('completed');
    expect(ending.recoveryPoint).toBeDefined();
    expect(simulator.effects.count('backup')).toBe(1);
  });
});

describe('a state that forbids a backup ends the run with what to do', () => {
  test('stopped: resume it', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'ProtectionStopped' }] });
    const { ending, requests } = await playRun({ world, request: backUpDocs });
    expect(ending.error).toMatchObject({
      code: 'ProtectionStopped',
      advice: expect.stringContaining('resume'),
    });
    // A share of that name may have been made again.
    expect(requests).toEqual(['GET items', 'GET protectableItems']);
  });

  test('suspended: resume it', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'BackupsSuspended' }] });
    const { ending } = await playRun({ world, request: backUpDocs });
    expect(ending.error).toMatchObject({
      code: 'ProtectionStopped',
      message: 'Protection of share docs of papers01 has been stopped; its state is BackupsSuspended.',
    });
  });

  test('soft-deleted: undelete it, and until when', async () => {
    const world = shareWorld({ items: [{ storageAccountId, share: 'docs', state: 'SoftDeleted' }] });
    const { ending } = await playRun({ world, request: backUpDocs });
    expect(ending.error).toMatchObject({
      code: 'ItemSoftDeleted',
      message: expect.stringMatching(/gone for good in 1[34] days/),
      advice: expect.stringContaining('undelete'),
    });
  });

  test('the daily limit of the service is used up', async () => {
    const { ending } = await playRun({
      world: protectedDocs,
      request: backUpDocs,
      faults: [
        {
          on: 'recoveryServices.backup',
          fault: {
            kind: 'reply',
            status: 400,
            code: 'CloudDosAbsoluteLimitReached',
            message: 'Limit reached.',
          },
        },
      ],
    });
    expect(ending.error).toMatchObject({
      code: 'CloudDosAbsoluteLimitReached',
      advice: expect.stringContaining('the next day (UTC)'),
    });
  });
});

test('a step that gives no answer is ordered again after 180 seconds', async () => {
  let silent = 1;
  const { ending, tasks, tookSeconds } = await playRun({
    world: protectedDocs,
    request: backUpDocs,
    interfere: ({ stepName }) =>
      stepName === 'recoveryServices.findProtectedItem' && silent-- > 0 ? 'silence' : undefined,
  });
  expect(ending.status).toBe('completed');
  expect(tasks.filter((task) => task.includes('findProtectedItem'))).toHaveLength(2);
  expect(tookSeconds).toBe(240);
});

test('options that only other services know are left out, with a warning', async () => {
  const { ending } = await playRun({
    world: protectedDocs,
    request: { ...backUpDocs, retentionTag: 'Weekly', backupType: 'Differential' },
  });
  expect(ending.warnings).toEqual(['Of no meaning here, and left out: retentionTag, backupType.']);
});

test('an id of the other vault that it knows nothing of is refused by the service, with advice', async () => {
  const id = `${otherVaultId}/backupFabrics/Azure/protectionContainers/storagecontainer;storage;data;papers01/protectedItems/AzureFileShare;${'0'.repeat(64)}`;
  const world = shareWorld({ protectedShares: ['docs'], otherVault: {} });
  const { ending } = await playRun({ world, request: { kind: 'backUp', target: { id } } });
  expect(ending.status).toBe('failed');
  expect(ending.error?.advice).toContain('name vault, account and share');
});
