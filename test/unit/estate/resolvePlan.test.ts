import { beforeEach, describe, expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { planAnswerSchema } from '../../../src/estate/planAnswer.ts';
import { resolvePlan } from '../../../src/estate/resolvePlan.ts';
import type { LoadedPlan } from '../../../src/plan/loadPlan.ts';
import { planSchema } from '../../../src/plan/schema.ts';
import { answered, answeringEstate, listed, refused } from '../../support/answeringEstate.ts';
import { accountId, diskId, disksVaultId, filesVaultId, samplePlan } from '../../support/planWorld.ts';

const daily = { backup: 'daily' };
const instance = (name: string): string => `${disksVaultId}/backupInstances/${name}`;
const protectedDisk = (name: string, differs: object = {}) => ({
  ...{ id: instance(name), datasourceType: 'Microsoft.Compute/disks', datasourceId: diskId(name) },
  ...{ instanceState: 'ProtectionConfigured', instancePolicyId: `${disksVaultId}/backupPolicies/disks` },
  ...differs,
});
const disk = (name: string, tags: object = daily) => ({ id: diskId(name), location: 'westeurope', tags });
const account = (name: string) => ({
  id: accountId(name),
  location: 'westeurope',
  kind: 'StorageV2',
  tags: daily,
});

let resources: object[];
let protections: object[];
let sharesOf: (account: string) => ArmAnswer;

beforeEach(() => {
  [resources, protections, sharesOf] = [[], [], () => listed([])];
});

async function resolved(more: Partial<LoadedPlan> = {}, planned: Record<string, unknown> = {}) {
  const rows = (data: readonly object[]) => answered({ data: data as never, totalRecords: data.length });
  const { services, asked } = answeringEstate(({ path, body }) => {
    if (path.endsWith('/shares')) return sharesOf(path.split('/').at(-4) ?? '');
    return rows(JSON.stringify(body).includes('recoveryservicesresources') ? protections : resources);
  });
  const plan = planSchema.parse(samplePlan(planned));
  const answer = await resolvePlan(services, {
    plan,
    location: 'plan.json',
    standing: 'current',
    problems: [],
    ...more,
  });
  return { answer, plan, listings: asked.filter((path) => path.endsWith('/shares')).length };
}

describe('the plan beside what Azure holds', () => {
  test('tells by rule what it selects and how that stands, and the rest with reasons', async () => {
    resources = [
      disk('kept'),
      disk('bare'),
      disk('stopped'),
      disk('plain', {}),
      disk('outside', {}),
      disk('db-ASRReplica'),
      account('papers01'),
    ];
    protections = [
      ...[
        protectedDisk('kept'),
        protectedDisk('stopped', { instanceState: 'ProtectionStopped' }),
        protectedDisk('outside'),
        protectedDisk('gone'),
      ],
    ];
    sharesOf = () => listed([{ name: 'docs' }, { name: 'tmp-1' }]);
    const { answer, plan } = await resolved();
    const policyId = `${disksVaultId}/backupPolicies/disks`;
    const ofDisk = (name: string) => ({ id: diskId(name), kind: 'disk', vaultId: disksVaultId, policyId });
    expect(answer.rules).toEqual([
      {
        rule: 'daily shares',
        selected: [
          {
            ...{
              id: `${accountId('papers01')}/fileServices/default/shares/docs`,
              kind: 'fileShare',
              vaultId: filesVaultId,
            },
            ...{ policyId: `${filesVaultId}/backupPolicies/daily`, standing: 'missing' },
          },
        ],
      },
      {
        rule: 'daily disks',
        selected: [
          { ...ofDisk('kept'), standing: 'protected', protectedBy: instance('kept') },
          { ...ofDisk('bare'), standing: 'missing' },
          {
            ...{ ...ofDisk('stopped'), standing: 'drift', protectedBy: instance('stopped') },
            drift: 'its protection is stopped (ProtectionStopped)',
          },
        ],
      },
    ]);
    expect(answer.skipped.map(({ id, kind }) => `${kind} ${id.split('/').at(-1)}`)).toEqual([
      'disk plain',
      'blobs papers01',
      'fileShare tmp-1',
    ]);
    expect(answer.skipped[0]?.reason).toContain('daily disks: tag backup is absent');
    expect(answer.notEligible).toEqual([
      {
        id: diskId('db-ASRReplica'),
        kind: 'disk',
        rule: 'daily disks',
        reason: 'it is a replica disk of Site Recovery',
      },
    ]);
    expect(answer.protectedOutsidePlan).toEqual([
      {
        ...{ id: diskId('outside'), kind: 'disk', protectedBy: instance('outside'), vaultId: disksVaultId },
        ...{ state: 'ProtectionConfigured', reason: answer.skipped[0]?.reason },
      },
    ]);
    expect(answer.orphans).toEqual([
      { item: instance('gone'), source: diskId('gone'), state: 'ProtectionConfigured' },
    ]);
    expect(answer).toMatchObject({
      location: 'plan.json',
      standing: 'current',
      problems: [],
      inForce: plan,
      warnings: [],
    });
    expect('lyingThere' in answer).toBe(false);
  });

  test('is as the API describes it', async () => {
    resources = [disk('kept')];
    protections = [protectedDisk('kept')];
    expect(planAnswerSchema.safeParse((await resolved()).answer).error).toBeUndefined();
  });

  test('shows the broken text that lies at its place, and what is wrong with it', async () => {
    const problems = [{ severity: 'error', path: 'rules', message: 'none' }] as const;
    const { answer } = await resolved({ standing: 'lastGood', lyingThere: '{', problems });
    expect(answer).toMatchObject({ standing: 'lastGood', lyingThere: '{', problems });
  });

  test('tells the next five occurrences of every schedule', async () => {
    const schedules = [
      { name: 'nightly', cron: '0 3 * * *', timeZone: 'UTC', backUp: { rules: ['daily disks'] } },
    ];
    const { answer } = await resolved({}, { schedules });
    expect(answer.occurrences).toEqual({
      nightly: [22, 23, 24, 25, 26].map((day) => `2026-08-${day}T03:00:00.000Z`),
    });
    expect(answer.drillOccurrences).toEqual({});
  });
});

describe('the shares of many accounts', () => {
  test('are listed of three hundred, and the rest is said', async () => {
    resources = Array.from({ length: 302 }, (_, at) => account(`papers${at + 100}`));
    const { answer, listings } = await resolved();
    expect(listings).toBe(300);
    expect(answer.warnings).toEqual(['The shares of 2 accounts were not listed: a sweep lists all.']);
  });

  test('that may not be listed are said, and none of them is an orphan', async () => {
    resources = [account('papers01'), account('papers02')];
    const lost = (name: string) => ({
      id: `${filesVaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/${name}`,
      ...{
        itemType: 'AzureFileShareProtectedItem',
        sourceResourceId: accountId(name),
        friendlyName: 'lost',
        itemState: 'Protected',
      },
    });
    protections = [lost('papers01'), lost('papers02')];
    sharesOf = (name) =>
      name === 'papers01' ? refused(403, 'AuthorizationFailed', 'You may not.') : listed([]);
    const { answer } = await resolved();
    expect(answer.warnings).toEqual(['The shares of papers01 cannot be listed: You may not.']);
    expect(answer.orphans.map(({ item }) => item.split('/').at(-1))).toEqual(['papers02']);
  });
});
