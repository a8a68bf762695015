import { describe, expect, test } from 'vitest';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';
import { examine, type Finding, type Patient } from '../../../scripts/doctor/examine.ts';
import roles from '../../../infra/roles.json' with { type: 'json' };
import { readSettings, type Environment } from '../../../src/settings.ts';
import { coverageStage } from '../../support/coverageStage.ts';
import {
  disksVaultId,
  filesVaultId,
  planWorld,
  samplePlan,
  subscriptionId,
} from '../../support/planWorld.ts';

const storage = { AzureWebJobsStorage__accountName: 'backupsledger' };
const appId = '77777777-1111-4222-8333-444444444444';
const safety = {
  subscriptions: [subscriptionId],
  vaults: [filesVaultId, disksVaultId],
  deleteBackups: false,
};

interface SetUp {
  readonly environment?: Environment;
  readonly plan?: unknown;
  readonly world?: WorldSeed;
  readonly principalId?: string;
  readonly token?: boolean;
}

/** What the doctor finds in an installation. */
function found({
  environment = {},
  plan = samplePlan({ safety }),
  world = planWorld(),
  principalId,
  token = true,
}: SetUp) {
  const { estate } = coverageStage(world, samplePlan()).services;
  const patient: Patient = {
    readSettings: () => readSettings({ ...storage, ...environment }),
    readPlanText: () => Promise.resolve(plan === undefined ? undefined : JSON.stringify(plan)),
    whoAmI: () =>
      token ? Promise.resolve({ objectId: appId }) : Promise.reject(new Error('No identity endpoint.')),
    estateOf: () => estate,
    ...(principalId !== undefined && { principalId }),
  };
  return examine(patient);
}

const faults = (findings: readonly Finding[]) => findings.filter(({ kind }) => kind === 'fault');

/** The deployment's roles, given at a scope. */
const given = (
  ...places: readonly (readonly [keyof typeof roles.profiles, string])[]
): Partial<WorldSeed> => ({
  authorization: {
    customRoles: Object.entries(roles.profiles).map(([key, { actions }], at) => ({
      ...{ name: key, actions },
      guid: `88888888-0000-4000-8000-${String(at).padStart(12, '0')}`,
    })),
    assignments: places.map(([role, scope]) => ({ role, scope, principalId: appId })),
  },
});
const subscription = `/subscriptions/${subscriptionId}`;
const vaultGroup = `${subscription}/resourceGroups/backup`;
const observe = ['observe', subscription] as const;
const backUp = ['backUp', vaultGroup] as const;
const protect = ['protect', vaultGroup] as const;

test('an installation with every role has no fault', async () => {
  const world = planWorld({ more: given(observe, backUp, protect) });
  const findings = await found({ world, principalId: appId });
  expect(faults(findings)).toEqual([]);
  expect(findings.filter(({ kind }) => kind === 'ok').map(({ about }) => about)).toEqual(
    expect.arrayContaining(['settings', 'plan', 'identity', subscription, filesVaultId, disksVaultId]),
  );
});

describe('a broken set-up', () => {
  test('settings that are wrong: each is named, and nothing else is looked at', async () => {
    const environment = { DELETE_BACKUPS: 'True', ACCESS_TENANT_ID: 'contoso' };
    const findings = await found({ environment });
    expect(findings.map(({ kind, about }) => `${kind} ${about}`)).toEqual(
      findings.map(() => 'fault settings'),
    );
    expect(findings.map(({ text }) => text.split(':')[0])).toEqual(
      expect.arrayContaining(['DELETE_BACKUPS', 'ACCESS_TENANT_ID']),
    );
    expect(findings[0]?.mend).toContain('az functionapp config appsettings set');
  });

  test('a plan that is broken, or missing where nothing else allows anything', async () => {
    const [broken] = faults(await found({ plan: { rules: [{ name: 'x' }] } }));
    expect(broken).toMatchObject({ about: 'plan', mend: 'npm run plan -- plan.json' });
    const missing = await examine({
      readSettings: () => readSettings(storage),
      readPlanText: () => Promise.resolve(undefined),
      whoAmI: () => Promise.resolve({}),
      estateOf: () => coverageStage(planWorld(), samplePlan()).services.estate,
    });
    expect(faults(missing)[0]?.text).toContain('nothing can be backed up');
  });

  test('no identity: Azure is not asked', async () => {
    const [one, ...others] = faults(await found({ token: false }));
    expect([one?.about, one?.mend, others]).toEqual(['identity', 'az login', []]);
  });

  test('an identity that may not back up in the vaults: what it lacks, and the command', async () => {
    const world = planWorld({ more: given(observe, protect) });
    const lacking = faults(await found({ world, principalId: appId }));
    expect(lacking.map(({ about }) => about)).toEqual([filesVaultId, disksVaultId]);
    expect(lacking[0]?.text).toContain('protectedItems/backup/action');
    expect(lacking[1]?.text).toContain('Microsoft.DataProtection/backupVaults/backupInstances/backup/action');
    expect(lacking[0]?.mend).toBe(
      `az role assignment create --assignee-object-id ${appId} --assignee-principal-type ServicePrincipal --role "<app>: back up (<suffix>)" --scope ${vaultGroup}`,
    );
  });

  test('a subscription that cannot be read as a whole', async () => {
    const world = planWorld({ more: given(backUp, protect, ['observe', vaultGroup]) });
    const [one] = faults(await found({ world, principalId: appId }));
    expect(one?.about).toBe(subscription);
    expect(one?.text).toContain('Microsoft.Compute/disks/read');
  });

  test('a vault that is not there, and one whose soft delete is off', async () => {
    const gone = filesVaultId.replace('files-west', 'files-east');
    const world = planWorld({ filesVault: { softDelete: 'Disabled' } });
    const findings = await found({ world, environment: { ALLOWED_VAULTS: gone } });
    expect(faults(findings).map(({ about, mend }) => [about, mend])).toEqual([
      [gone, 'az resource list --name files-east --query "[].id"'],
      [
        filesVaultId,
        'az backup vault backup-properties set --resource-group backup --name files-west --soft-delete-feature-state AlwaysOn --soft-delete-duration 14',
      ],
    ]);
    expect(findings.filter(({ kind }) => kind === 'warning').map(({ text }) => text.split(' ')[0])).toContain(
      'immutability',
    );
  });
});
