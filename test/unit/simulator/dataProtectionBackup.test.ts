import { describe, expect, test } from 'vitest';
import { backupWorld, ids, protectedDisk } from './dataProtectionWorld.ts';
import { openSimulator, type SimulatedClient } from './simulated-client.ts';

const instance = `${ids.vault}/backupInstances/disk1`;
const version = 'api-version=2025-07-01';
const now = (ruleName: string, retentionTagOverride?: string) => ({
  backupRuleOptions: {
    ruleName,
    triggerOption: retentionTagOverride === undefined ? {} : { retentionTagOverride },
  },
});

const backUp = ({ ask }: SimulatedClient, body: unknown = now('BackupHourly'), headers = {}) =>
  ask('POST', `${instance}/backup?${version}`, body, headers);

const openWithDisk = (more = {}) => openSimulator(backupWorld({ instances: [protectedDisk] }, more));

describe('back up now', () => {
  test('operation, job and recovery point follow one another', async () => {
    const simulated = openWithDisk();
    const { ask, pass, simulator } = simulated;
    const accepted = await backUp(simulated, undefined, {
      'x-ms-client-request-id': 'e0c65155-0000-4000-8000-1',
    });
    expect([accepted.status, accepted.body, accepted.headers['Retry-After']]).toEqual([202, undefined, '30']);
    pass(2);
    const operation = await ask('GET', accepted.headers['Azure-AsyncOperation'] ?? '');
    const jobId = String(operation.body['properties']?.['jobId']);
    expect(operation.body['properties']?.['objectType']).toBe('OperationJobExtendedInfo');
    expect(jobId).toMatch(/^\/subscriptions\/.*\/backupVaults\/vault1\/backupJobs\/[0-9a-f-]{36}$/);
    const running = await ask('GET', `${jobId}?${version}`);
    expect(running.body['properties']).toMatchObject({
      activityID: 'e0c65155-0000-4000-8000-1',
      status: 'InProgress',
      endTime: null,
      duration: 'PT0S',
      isUserTriggered: true,
      extendedInfo: { subTasks: [{ taskName: 'Trigger Backup', taskStatus: 'InProgress' }] },
    });
    pass(188);
    const ended = await ask('GET', `${jobId}?${version}`);
    expect(ended.body['properties']).toMatchObject({
      status: 'Completed',
      duration: 'PT3M8S',
      endTime: '2026-05-11T04:03:08.0000000Z',
    });
    const points = await ask('GET', `${instance}/recoveryPoints?${version}`);
    expect(points.body['value']?.[0]?.['properties']).toMatchObject({
      objectType: 'AzureBackupDiscreteRecoveryPoint',
      recoveryPointTime: '2026-05-11T04:03:08.0000000Z',
      retentionTagName: 'Default',
      recoveryPointDataStoresDetails: [
        { type: 'OperationalStore', expiryTime: '2026-05-18T04:03:08.0000000Z' },
      ],
    });
    expect(simulator.effects.count('backup', instance)).toBe(1);
  });

  test('the result URL repeats the job id', async () => {
    const simulated = openWithDisk();
    const { headers } = await backUp(simulated);
    simulated.pass(2);
    const result = await simulated.ask('GET', headers['Location'] ?? '');
    expect(String(result.body['jobId'])).toContain('/backupJobs/');
  });

  test.each([
    ['a rule of another name', 'BackupDaily', undefined],
    ['a retention rule', 'Default', undefined],
    ['an unknown retention tag', 'BackupHourly', 'Decade'],
  ])('%s is a 400 and starts nothing', async (_what, ruleName, tag) => {
    const simulated = openWithDisk();
    const refused = await backUp(simulated, now(ruleName, tag));
    expect(refused.status).toBe(400);
    expect(refused.body['error']?.['code']).toBe('BMSUserErrorInvalidInput');
    expect(simulated.simulator.effects.count('backup')).toBe(0);
  });

  test('operational blobs cannot be backed up on demand', async () => {
    const blobs = {
      name: 'disk1',
      kind: 'blobOperational',
      sourceId: ids.account,
      policy: 'operational',
    } as const;
    const simulated = openSimulator(backupWorld({ instances: [blobs] }));
    const refused = await backUp(simulated, now('BackupDaily'));
    expect(refused.status).toBe(400);
    expect(String(refused.body['error']?.['message'])).toContain('no AzureBackupRule');
  });

  test('the eleventh disk backup of a day is refused until the next UTC day', async () => {
    const simulated = openWithDisk();
    for (let count = 0; count < 10; count += 1) expect((await backUp(simulated)).status).toBe(202);
    const refused = await backUp(simulated);
    expect([refused.status, refused.body['error']?.['code']]).toEqual([400, 'CloudDosAbsoluteLimitReached']);
    simulated.pass(20 * 3600);
    expect((await backUp(simulated)).status).toBe(202);
  });

  test('a second backup beside a running one is taken, unless the world refuses it', async () => {
    const usual = openWithDisk();
    await backUp(usual);
    expect((await backUp(usual)).status).toBe(202);
    const strict = openWithDisk({ refuseParallelBackups: true });
    await backUp(strict);
    expect((await backUp(strict)).body['error']?.['code']).toBe(
      'UserErrorMaxConcurrentOperationLimitReached',
    );
  });

  test('a job fault decides how the job ends and hides it at first', async () => {
    const simulated = openWithDisk();
    const { ask, pass, simulator } = simulated;
    simulator.faults.add([
      {
        on: 'dataProtection.backup',
        fault: {
          kind: 'job',
          status: 'Failed',
          seconds: 60,
          hiddenSeconds: 20,
          errorString: 'Disk is gone.',
        },
      },
    ]);
    const { headers } = await backUp(simulated);
    pass(2);
    const status = await ask('GET', headers['Azure-AsyncOperation'] ?? '');
    const jobUrl = `${String(status.body['properties']?.['jobId'])}?${version}`;
    expect((await ask('GET', jobUrl)).status).toBe(404);
    pass(60);
    const job = await ask('GET', jobUrl);
    expect(job.body['properties']).toMatchObject({
      status: 'Failed',
      errorDetails: [{ message: 'Disk is gone.' }],
    });
    const points = await ask('GET', `${instance}/recoveryPoints?${version}`);
    expect(points.body['value']).toEqual([]);
  });
});

describe('scheduled backups', () => {
  test('one starts beside ours, is not marked as user triggered and is no on-demand run', async () => {
    const instances = [{ ...protectedDisk, scheduledBesideOnDemand: true }];
    const simulated = openSimulator(backupWorld({ instances }, { dailyLimits: { disk: 1 } }));
    await backUp(simulated);
    const { body } = await simulated.ask('GET', `${ids.vault}/backupJobs?${version}`);
    const marks = [0, 1].map((row) => body['value']?.[row]?.['properties']?.['isUserTriggered']);
    expect(marks).toEqual([true, false]);
    expect(simulated.simulator.effects.all().map(({ kind }) => kind)).toEqual(['scheduledBackup', 'backup']);
  });

  test('one starts at the time the world says, unless protection is stopped', async () => {
    const instances = [{ ...protectedDisk, scheduledAfterSeconds: [60, 600] }];
    const simulated = openSimulator(backupWorld({ instances }));
    const jobs = async () => (await simulated.ask('GET', `${ids.vault}/backupJobs?${version}`)).body['value'];
    simulated.pass(61);
    expect(await jobs()).toHaveLength(1);
    await simulated.ask('POST', `${instance}/stopProtection?${version}`, {});
    simulated.pass(600);
    expect(await jobs()).toHaveLength(1);
  });
});

describe('the job list', () => {
  test('has bare rows, newest first, no filter, and nextLink null on the last page', async () => {
    const simulated = openWithDisk({ jobPageSize: 2 });
    for (let count = 0; count < 3; count += 1) {
      await backUp(simulated);
      simulated.pass(10);
    }
    const listed = await simulated.ask(
      'GET',
      `${ids.vault}/backupJobs?${version}&$filter=status eq 'Failed'`,
    );
    const starts = [0, 1].map((row) => listed.body['value']?.[row]?.['properties']?.['startTime']);
    expect(starts).toEqual(['2026-05-11T04:00:20.0000000Z', '2026-05-11T04:00:10.0000000Z']);
    expect(listed.body['value']?.[0]?.['properties']?.['extendedInfo']).toBeNull();
    const last = await simulated.ask('GET', String(listed.body['nextLink']));
    expect(last.body['value']).toHaveLength(1);
    expect(last.body['nextLink']).toBeNull();
  });

  test('a stale list does not know the latest job yet', async () => {
    const simulated = openWithDisk();
    simulated.simulator.faults.add([
      { on: 'dataProtection.listJobs', fault: { kind: 'list', variant: 'stale', seconds: 60 } },
    ]);
    await backUp(simulated);
    const stale = await simulated.ask('GET', `${ids.vault}/backupJobs?${version}`);
    const fresh = await simulated.ask('GET', `${ids.vault}/backupJobs?${version}`);
    expect([stale.body['value'], fresh.body['value']]).toMatchObject([[], [{}]]);
  });
});
