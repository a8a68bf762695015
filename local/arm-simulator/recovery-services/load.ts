import { identityOf } from '../vault-identity.ts';
import type { World } from '../world.ts';
import { parseResourceId } from '../resources.ts';
import { defaultPolicies, policyOf } from './default-policies.ts';
import { addDatasource, findDatasource, sourceExists } from './datasources.ts';
import { containerKey, containerNames, type Datasource, itemKey, protectedName } from './names.ts';
import { completedStatus, firstBackupStatus } from './backup-status.ts';
import { startJob } from './jobs.ts';
import type { ItemSeed, VaultSeed } from './seed.ts';
import {
  type Container,
  type Item,
  itemPath,
  type RecoveryPoint,
  type RecoveryServices,
  type Vault,
} from './state.ts';

/** Adds vaults, behaviours and scheduled jobs of a world; a vault already there is replaced. */
export function loadRecoveryServices(rsv: RecoveryServices, world: World): void {
  const section = world.recoveryServices;
  for (const datasource of section.datasources) addDatasource(rsv, datasource);
  for (const seed of section.vaults) addVault(rsv, seed);
  for (const seed of section.datasources)
    for (const seconds of seed.scheduledAfterSeconds) schedule(rsv, seed, seconds);
}

/** Makes a vault with its default policies and puts its resource into the store. */
export function addVault(rsv: RecoveryServices, seed: VaultSeed): Vault {
  const now = rsv.core.clock.now();
  const vault: Vault = {
    id: seed.id,
    name: parseResourceId(seed.id).name,
    seed,
    policies: new Map(defaultPolicies(now).map((policy) => [policy.name.toLowerCase(), policy])),
    containers: new Map(),
    items: new Map(),
    jobs: [],
    discovered:
      seed.discovered === 'all' ? undefined : new Set(seed.discovered.map((id) => id.toLowerCase())),
    softDelete: seed.softDelete,
    softDeleteDays: seed.softDeleteDays,
    provisioned: 'Succeeded',
    changedAt: now,
    unlockedUntil: 0,
  };
  rsv.vaults.set(seed.id.toLowerCase(), vault);
  const { id, location, tags } = seed;
  const identity = identityOf(rsv.core.resources, seed, rsv.core.world.tenantId);
  rsv.core.resources.put({
    id,
    name: vault.name,
    type: 'Microsoft.RecoveryServices/vaults',
    location,
    tags,
    sku: { name: 'Standard' },
    ...(identity['type'] !== 'None' && { identity }),
    properties: {},
  });
  for (const policy of seed.policies) vault.policies.set(policy.name.toLowerCase(), policyOf(policy, now));
  for (const container of seed.containers) addSeededContainer(vault, container);
  for (const item of seed.items) addSeededItem(rsv, vault, item);
  return vault;
}

function addSeededContainer(vault: Vault, seed: VaultSeed['containers'][number]): void {
  const { storageAccountId, virtualMachineId, status, inquired, byIdentity } = seed;
  const kind = storageAccountId === undefined ? 'AzureWorkload' : 'AzureStorage';
  const names = containerNames(kind, storageAccountId ?? virtualMachineId ?? '');
  const container = addContainer(vault, names, { status, inquired });
  if (byIdentity === undefined) return;
  const system = byIdentity === 'system';
  container.identity = {
    isSystemAssignedIdentity: system,
    ...(!system && { managedIdentityResourceId: byIdentity }),
  };
}

/** Puts a container into its vault. */
export function addContainer(
  vault: Vault,
  names: Container['names'],
  state: Pick<Container, 'status' | 'inquired'>,
): Container {
  const container: Container = { names, lock: 'Acquire', ...state };
  vault.containers.set(containerKey(names.name), container);
  return container;
}

function addSeededItem(rsv: RecoveryServices, vault: Vault, seed: ItemSeed): void {
  const source = findDatasource(rsv, seed);
  const names = containerNames(source.kind, source.resourceId);
  if (!vault.containers.has(containerKey(names.name))) {
    addContainer(vault, names, { status: 'Registered', inquired: true });
  }
  const named = { ...source, readableName: seed.readableName };
  putItem(vault, seededItem(rsv, vault, seed, seed.sourceDeleted ? { ...named, made: 'earlier' } : named));
}

/** Puts an item into its vault under its container and name. */
export function putItem(vault: Vault, item: Item): void {
  vault.items.set(itemPath(containerKey(item.container.name), itemKey(protectedName(item.source))), item);
}

function seededItem(rsv: RecoveryServices, vault: Vault, seed: ItemSeed, source: Datasource): Item {
  const now = rsv.core.clock.now();
  const lastBackupAt = seed.lastBackupAt ?? seed.recoveryPointTimes.at(-1);
  const softDays = vault.softDeleteDays * 86_400_000;
  return {
    source,
    container: containerNames(source.kind, source.resourceId),
    dataId: rsv.core.seeded.digits(15),
    listedFrom: 0,
    sourceSeen: seed.sourceDeleted || sourceExists(rsv, source),
    state: seed.state === 'SoftDeleted' ? 'ProtectionStopped' : seed.state,
    lastBackupStatus: lastBackupAt === undefined ? firstBackupStatus(source) : completedStatus(source),
    recoveryPoints: seededPoints(rsv, seed),
    extendedProperties: seed.extendedProperties,
    ...(seed.policy !== undefined && { policy: seed.policy }),
    ...(lastBackupAt !== undefined && { lastBackupAt: Date.parse(lastBackupAt) }),
    ...(seed.state === 'SoftDeleted' && { softDeleted: { since: now, until: now + softDays } }),
  };
}

function seededPoints(
  rsv: RecoveryServices,
  { recoveryPointTimes, recoveryPoints }: ItemSeed,
): RecoveryPoint[] {
  const plain = recoveryPointTimes.map((time) => ({ id: rsv.core.seeded.digits(15), at: Date.parse(time) }));
  const detailed = recoveryPoints.map(({ time, expiresAt, ...said }) => ({
    id: rsv.core.seeded.digits(15),
    at: Date.parse(time),
    ...said,
    ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }),
  }));
  return [...plain, ...detailed];
}

function schedule(rsv: RecoveryServices, seed: Parameters<typeof findDatasource>[1], seconds: number): void {
  rsv.core.timeline.at(rsv.core.clock.now() + rsv.core.duration(seconds), (dueAt) => {
    const source = findDatasource(rsv, seed);
    for (const vault of rsv.vaults.values()) {
      const item = vault.items.get(
        itemPath(
          containerKey(containerNames(source.kind, source.resourceId).name),
          itemKey(protectedName(source)),
        ),
      );
      if (item !== undefined)
        startJob(rsv, vault, {
          item,
          operation: 'Backup',
          at: dueAt,
          scheduled: true,
          activityId: rsv.core.seeded.guid(),
        });
    }
  });
}
