import { describe, expect, test } from 'vitest';
import { emptyPlan, type LoadedPlan } from '../../../src/plan/loadPlan.ts';
import { obstacleTo } from '../../../src/composition/sendObstacles.ts';
import { readSettings } from '../../../src/settings.ts';
import { httpApp } from '../../support/httpApp.ts';

const subscription = '/subscriptions/55555555-5555-4555-8555-555555555555';
const vault = (name: string) =>
  `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/${name}`;
const item = (name: string) => ({
  id: `${vault(name)}/backupFabrics/Azure/protectionContainers/c/protectedItems/i`,
});
const machine = `${subscription}/resourceGroups/apps/providers/Microsoft.Compute/virtualMachines/m`;
const policyId = (name: string) => `${vault(name)}/backupPolicies/daily`;

const development = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACCESS_MODE: 'development',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
};
const listing = (...vaults: string[]) => readSettings({ ...development, ALLOWED_VAULTS: vaults.join() });

const planWith = (...vaults: string[]): LoadedPlan => ({
  plan: { ...emptyPlan, safety: { subscriptions: [], vaults, deleteBackups: false } },
  standing: 'current',
  location: 'plan.json',
  problems: [],
});
const broken: LoadedPlan = {
  plan: emptyPlan,
  standing: 'empty',
  location: 'plan.json',
  problems: [{ severity: 'error', path: '(plan)', message: 'not JSON' }],
};

describe('a request', () => {
  test.each([
    ['startBackup', { target: item('theirs') }],
    [
      'startBackup',
      { target: { kind: 'virtualMachine', vaultId: vault('theirs'), virtualMachineId: machine } },
    ],
    ['startProtection', { target: { id: machine }, vaultId: vault('theirs'), policyId: policyId('theirs') }],
    [
      'validateProtection',
      { target: { id: machine }, vaultId: vault('theirs'), policyId: policyId('theirs') },
    ],
    ['stopProtection', { target: item('theirs'), mode: 'retain' }],
    ['resumeProtection', { target: item('theirs') }],
  ])('%s of a vault that is not listed is a 403, and no run', async (name, body) => {
    const app = httpApp({ settings: listing(vault('ours')) });
    const answer = await app.call(name, { body });
    expect(answer.status).toBe(403);
    expect(answer.body.error).toMatchObject({ code: 'TargetNotAllowed', target: 'target' });
    expect(app.flows.started).toEqual([]);
  });

  test('for many targets is refused with every one that is not listed', async () => {
    const app = httpApp({ settings: listing(vault('ours')) });
    const targets = [item('theirs'), item('OURS'), item('others')];
    const { status, body } = await app.call('startBackup', { body: { targets } });
    expect(status).toBe(403);
    expect(body.error.details.map(({ target }: { target: string }) => target)).toEqual([
      'targets.0',
      'targets.2',
    ]);
  });

  test('for a listed vault is accepted', async () => {
    const app = httpApp({ settings: listing(vault('ours')) });
    expect((await app.call('startBackup', { body: { target: item('ours') } })).status).toBe(202);
  });

  test('that names no vault is accepted where some vault is listed: the call that is sent decides', async () => {
    const asked = { body: { target: { id: machine } } };
    expect((await httpApp({ settings: listing(vault('ours')) }).call('startBackup', asked)).status).toBe(202);
    const closed = httpApp({ loadPlan: () => Promise.resolve(planWith()) });
    expect((await closed.call('startBackup', asked)).status).toBe(403);
  });

  test('is bounded by the plan, where there is one, and not by the settings', async () => {
    const loadPlan = () => Promise.resolve(planWith(vault('planned')));
    const app = httpApp({ settings: listing(vault('ours')), loadPlan });
    expect((await app.call('startBackup', { body: { target: item('ours') } })).status).toBe(403);
    expect((await app.call('startBackup', { body: { target: item('planned') } })).status).toBe(202);
  });

  test('is refused while the only plan there is cannot be used, also on a developer machine', async () => {
    const app = httpApp({ loadPlan: () => Promise.resolve(broken) });
    expect((await app.call('startBackup', { body: { target: item('ours') } })).status).toBe(403);
  });

  test('waits for a plan that is out of reach', async () => {
    const app = httpApp({ loadPlan: () => Promise.reject(new Error('no route')) });
    const { status, headers, body } = await app.call('startBackup', { body: { target: item('ours') } });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('30');
    expect(body.error.code).toBe('PlanUnreachable');
  });

  test('that was accepted before is answered with its run, though the list has changed', async () => {
    let plan = planWith(vault('ours'));
    const app = httpApp({ loadPlan: () => Promise.resolve(plan) });
    const asked = { body: { target: item('ours') }, headers: { 'Idempotency-Key': 'k' } };
    const first = await app.call('startBackup', asked);
    plan = planWith();
    const again = await app.call('startBackup', asked);
    expect(again.status).toBe(202);
    expect(again.body.id).toBe(first.body.id);
  });
});

describe('a call that is to be sent', () => {
  const owner = { runId: '0'.repeat(40), generation: 1 };
  const backup = {
    action: 'Microsoft.RecoveryServices/vaults/x/backup/action',
    method: 'POST',
    path: `${item('ours').id}/backup`,
    apiVersion: '2025-08-01',
  } as const;
  const obstacle = async (changes: Parameters<typeof httpApp>[0], call: Parameters<typeof obstacleTo>[1]) =>
    obstacleTo(httpApp(changes).services, call, owner);

  test('is let out by the list, on a developer machine by none', async () => {
    expect(await obstacle({ settings: listing(vault('ours')) }, backup)).toBeUndefined();
    expect(await obstacle({}, backup)).toBeUndefined();
  });

  test('is refused without plan and settings off a developer machine', async () => {
    const settings = readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
    expect(await obstacle({ settings }, backup)).toMatchObject({
      kind: 'refused',
      failure: { code: 'TargetNotAllowed' },
    });
  });

  test('waits while the plan is out of reach; a read does not', async () => {
    const loadPlan = () => Promise.reject(new Error('no route'));
    expect(await obstacle({ loadPlan }, backup)).toMatchObject({ kind: 'later' });
    expect(await obstacle({ loadPlan }, { ...backup, method: 'GET' })).toBeUndefined();
  });
});
