import { expect, test } from 'vitest';
import { protectionRequest } from '../../../src/batches/protectionRequest.ts';
import { readPlan } from '../../../src/plan/problems.ts';
import { select } from '../../../src/plan/select.ts';
import { diskId, disksVaultId, samplePlan, snapshotsId, subscriptionId } from '../../support/planWorld.ts';

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
