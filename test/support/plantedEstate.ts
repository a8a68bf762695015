import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { CoverageState } from '../../src/coverage/schema.ts';
import {
  accountId,
  diskId,
  disksVaultId,
  filesVaultId,
  planWorld,
  snapshotsId,
  subscriptionId,
} from './planWorld.ts';

/** When the planted estate is read first. */
export const plantedAt = '2026-08-22T02:00:00.000Z';

const hoursBefore = (hours: number): string =>
  new Date(Date.parse(plantedAt) - hours * 3_600_000).toISOString();

export const machineId = (name: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/apps/providers/Microsoft.Compute/virtualMachines/${name}`;

/** The rule lets a point be a day old, and gives twelve hours more. */
export const plantedPlan = (more: Record<string, unknown> = {}) => ({
  rules: [
    {
      name: 'machines',
      match: { kind: 'virtualMachine', tags: { backup: 'daily' }, exclude: { names: ['scratch*'] } },
      protect: { vaults: { westeurope: filesVaultId }, policy: 'DefaultPolicy' },
      expect: { every: 'P1D', grace: 'PT12H' },
    },
    {
      name: 'disks',
      match: { kind: 'disk', tags: { backup: 'daily' } },
      protect: { vaults: { '*': disksVaultId }, policy: 'disks', snapshotResourceGroup: snapshotsId },
      expect: { every: 'P1D', grace: 'PT12H' },
    },
    {
      name: 'shares',
      match: { kind: 'fileShare', tags: { backup: 'daily' } },
      protect: { vaults: { westeurope: filesVaultId }, policy: 'daily' },
      expect: { every: 'P1D', grace: 'PT12H' },
    },
  ],
  schedules: [],
  notifications: [],
  safety: { subscriptions: [subscriptionId], vaults: [filesVaultId, disksVaultId] },
  ...more,
});

/** One resource of each kind of truth; the state it was planted with is the first word of its name. */
type Plant = Extract<CoverageState, string>;

const machineItem = (state: Plant, name: string): Record<string, unknown> | undefined => {
  const item = { virtualMachineId: machineId(name), policy: 'DefaultPolicy' };
  const points = (hours: number) => ({ ...item, recoveryPointTimes: [hoursBefore(hours)] });
  switch (state) {
    case 'ok':
    case 'failing':
    case 'protectedOutsidePlan':
    case 'orphan':
      return points(5);
    case 'late':
      return points(30);
    case 'down':
      return points(40);
    case 'neverBackedUp':
      return { ...item, state: 'IRPending' };
    case 'protectionError':
      return { ...points(5), state: 'ProtectionError' };
    case 'stopped':
      return { ...points(5), state: 'ProtectionStopped', policy: undefined };
    case 'softDeleted':
      return { ...points(5), state: 'SoftDeleted', policy: undefined };
    default:
      return undefined;
  }
};

/** States that a machine can be planted in. */
export const machineStates: readonly Plant[] = [
  'ok',
  'late',
  'down',
  'neverBackedUp',
  'failing',
  'notProtected',
  'protectionError',
  'stopped',
  'softDeleted',
  'notEligible',
  'excluded',
  'notSelected',
  'orphan',
  'protectedOutsidePlan',
];

const tagsOf = (state: Plant): Record<string, string> =>
  state === 'notSelected' || state === 'protectedOutsidePlan' ? {} : { backup: 'daily' };

/** Name of the machine number `at` planted in a state. */
export const plantedName = (state: Plant, at: number): string =>
  state === 'excluded' ? `scratch-${at}` : `${state}-${at}`;

/** The state a name was planted with. */
export const plantedState = (name: string): string =>
  name.startsWith('scratch') ? 'excluded' : (name.split('-')[0] ?? '');

/** An estate with so many machines in every state, and more beside them. */
export function plantedEstate(each: number, more: Parameters<typeof planWorld>[0] = {}): WorldSeed {
  const machines = machineStates.flatMap((state) =>
    Array.from({ length: each }, (_, at) => ({ state, name: plantedName(state, at + 1) })),
  );
  const world = planWorld({
    ...more,
    filesVault: {
      items: machines.flatMap(({ state, name }) => machineItem(state, name) ?? []),
      policies: [{ name: 'daily', kind: 'AzureStorage' }],
      ...more.filesVault,
    },
  });
  return {
    ...world,
    resources: [
      ...(world.resources ?? []),
      ...machines
        .filter(({ state }) => state !== 'orphan')
        .map(({ state, name }) => ({
          id: machineId(name),
          location: state === 'notEligible' ? 'northeurope' : 'westeurope',
          tags: tagsOf(state),
        })),
    ],
    recoveryServices: {
      ...world.recoveryServices,
      datasources: machines
        .filter(({ state }) => state === 'failing')
        .map(({ name }) => ({
          virtualMachineId: machineId(name),
          scheduledAfterSeconds: [-3600],
          jobs: [
            {
              status: 'Failed' as const,
              seconds: 60,
              errorCode: 400_136,
              errorString: 'The machine is gone.',
            },
          ],
        })),
    },
  };
}

export { accountId, diskId };
