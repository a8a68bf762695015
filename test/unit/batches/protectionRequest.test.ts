import { expect, test } from 'vitest';
import { protectionRequest } from '../../../src/batches/protectionRequest.ts';
import { readPlan } from '../../../src/plan/problems.ts';
import { select, type Candidate } from '../../../src/plan/select.ts';
import { protectionSchema } from '../../../src/runs/request.ts';
import {
  diskId,
  disksVaultId,
  filesVaultId,
  samplePlan,
  snapshotsId,
  subscriptionId,
} from '../../support/planWorld.ts';

const other = disksVaultId.replace('disks-west', 'elsewhere');

test.each([
  ['a vault’s id', { backup: 'daily', vault: other, vaultId: other }],
  ['a policy', { backup: 'daily', policy: 'keep-one-day', policyId: `${other}/backupPolicies/none` }],
  ['a retention', { backup: 'daily', keepFor: 'P1D', retention: '0' }],
  ['a tag that looks like a path', { backup: 'DAILY', x: '../../providers/Microsoft.DataProtection' }],
])('a tag that names %s changes neither vault nor policy: they are the rule’s', (_what, tags) => {
  const reading = readPlan(samplePlan());
  if (reading.kind === 'broken') throw new Error('the sample plan is broken');
  const candidate = {
    kind: 'disk' as const,
    id: diskId('db-data'),
    subscriptionId,
    resourceGroup: 'apps',
    name: 'db-data',
    region: 'westeurope',
    tags,
  };
  const selection = select(reading.plan, candidate);
  expect(selection.kind === 'selected' && protectionRequest(candidate, selection)).toEqual({
    kind: 'protect',
    target: { kind: 'disk', vaultId: disksVaultId, datasourceId: diskId('db-data') },
    policyId: `${disksVaultId}/backupPolicies/disks`,
    snapshotResourceGroupId: snapshotsId,
  });
});

const selected = (candidate: Candidate, protect: object): unknown => {
  const rule = {
    name: 'all',
    match: { kind: candidate.kind },
    protect: { vaults: { '*': filesVaultId }, policy: 'daily', ...protect },
  };
  const reading = readPlan({ ...(samplePlan() as object), rules: [rule] });
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading));
  const selection = select(reading.plan, candidate);
  return selection.kind === 'selected' && protectionRequest(candidate, selection);
};

const account = `/subscriptions/${subscriptionId}/resourceGroups/apps/providers/Microsoft.Storage/storageAccounts/papers01`;
const share = {
  ...{ kind: 'fileShare' as const, id: `${account}/fileServices/default/shares/docs`, name: 'docs' },
  ...{ subscriptionId, resourceGroup: 'apps', region: 'westeurope', tags: {} },
};

test('a rule by identity says so of shares, and lets the role be granted', () => {
  const byIdentity = { accessType: 'identity', identity: 'systemAssigned', grantRoles: true };
  expect(selected(share, byIdentity)).toMatchObject({ kind: 'protect', ...byIdentity });
});

test('what a rule says of the account of a share is not said of a machine', () => {
  const machine = { ...share, kind: 'virtualMachine' as const, id: `${account}x`, name: 'ledger01' };
  const request = selected(machine, { accessType: 'identity', lockStorageAccount: true });
  expect(Object.keys(request as object).sort()).toEqual(['kind', 'policyId', 'target']);
});

test.each([
  [{ accessType: 'identity' }, []],
  [{ identity: 'systemAssigned' }, []],
  [{ accessType: 'keys' }, []],
  [{ accessType: 'keys', identity: 'systemAssigned' }, ['identity: not beside accessType "keys"']],
])('keys and an identity are two ways to one account: %j', (fields, problems) => {
  const target = { kind: 'fileShare', vaultId: filesVaultId, storageAccountId: account, share: 'docs' };
  const reading = protectionSchema.safeParse({
    target,
    policyId: `${filesVaultId}/backupPolicies/daily`,
    ...fields,
  });
  const found = reading.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  expect(found).toEqual(problems);
});
