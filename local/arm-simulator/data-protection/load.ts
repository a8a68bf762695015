import { parseResourceId } from '../resources.ts';
import type { World } from '../world.ts';
import { softDelete } from './delete.ts';
import { describeParameters, describeSource } from './datasource.ts';
import { userFacing } from './errors.ts';
import { addGuardProxy } from './guard.ts';
import { startScheduledJob } from './jobs.ts';
import { addPolicy } from './policies.ts';
import { addRecoveryPoint } from './recovery-points.ts';
import { dataProtectionSeedSchema, type DataProtectionSeed } from './seed.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';
import { usualPolicy } from './usual-policies.ts';
import { vaultResource } from './vaults.ts';
import { identityOf } from '../vault-identity.ts';

type VaultSeed = DataProtectionSeed['vaults'][number];
type InstanceSeed = VaultSeed['instances'][number];

/** Puts a world's vaults, policies and instances into the state; settings only where they differ from the defaults. */
export function loadDataProtection(state: DataProtectionState, world: World): void {
  state.settings = joined(state.settings, world.dataProtection);
  for (const vault of world.dataProtection.vaults) loadVault(state, vault, world.tenantId);
}

function joined(before: DataProtectionSeed, added: DataProtectionSeed): DataProtectionSeed {
  const defaults: Record<string, unknown> = dataProtectionSeedSchema.parse({});
  const changed = Object.entries(added).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
  return {
    ...before,
    ...Object.fromEntries(changed),
    protectedElsewhere: [...before.protectedElsewhere, ...added.protectedElsewhere],
    protectionErrors: [...before.protectionErrors, ...added.protectionErrors.map((entry) => ({ ...entry }))],
  };
}

function loadVault(state: DataProtectionState, seed: VaultSeed, tenantId: string): void {
  const { id, location, tags } = seed;
  const identity = identityOf(state.core.resources, seed, tenantId);
  const properties = {
    storageSettings: [{ datastoreType: 'VaultStore', type: seed.redundancy }],
    securitySettings: {
      softDeleteSettings: { state: seed.softDelete, retentionDurationInDays: seed.softDeleteDays },
    },
  };
  state.core.resources.put(vaultResource({ id, location, tags, identity, properties }));
  if (seed.resourceGuardId !== undefined)
    addGuardProxy(state, id, seed.resourceGuardId, { guardsRestore: seed.guardsRestore });
  for (const policy of seed.policies) {
    addPolicy(state, id, policy.name, policy.properties ?? usualPolicy(policy.kind));
  }
  for (const instance of seed.instances) loadInstance(state, seed, instance);
}

function loadInstance(state: DataProtectionState, vault: VaultSeed, seed: InstanceSeed): void {
  const instance = instanceOf(state, vault, seed);
  const now = state.core.clock.now();
  const resource = state.core.resources.get(vault.id);
  if (seed.softDeleted && resource !== undefined) softDelete(state, resource, instance, now);
  else state.instances.set(instance.id.toLowerCase(), instance);
  for (const seconds of seed.scheduledAfterSeconds) {
    state.core.timeline.at(now + state.core.duration(seconds), (at) =>
      startScheduledJob(state, instance, at),
    );
  }
  for (let days = seed.recoveryPoints; days >= 1; days -= 1) {
    addRecoveryPoint(state, instance, now - days * 86_400_000, 'Default');
  }
  for (const { time, retentionTag, type, stores } of seed.points) {
    const said = {
      type,
      stores: stores?.map((store) => ({ ...store, expiresAt: Date.parse(store.expiresAt) })),
    };
    addRecoveryPoint(state, instance, Date.parse(time), retentionTag, said);
  }
}

const faultOf = ({ detail, ...error }: NonNullable<InstanceSeed['error']>) => ({
  ...error,
  ...(detail !== undefined && { detail }),
});

const identityDetails = (userAssignedIdentityArmUrl: string) => ({
  identityDetails: { useSystemAssignedIdentity: false, userAssignedIdentityArmUrl },
});

function instanceOf(state: DataProtectionState, vault: VaultSeed, seed: InstanceSeed): BackupInstance {
  const { name, kind, sourceId } = seed;
  const { subscription, group, name: sourceName } = parseResourceId(sourceId);
  const snapshotGroup =
    seed.snapshotResourceGroupId ?? `/subscriptions/${subscription}/resourceGroups/${group}`;
  const parameters = describeParameters(kind, snapshotGroup, seed.containers);
  const location = state.core.resources.get(sourceId)?.location ?? vault.location;
  return {
    id: `${vault.id}/backupInstances/${name}`,
    name,
    vaultId: vault.id,
    kind,
    tags: Object.keys(seed.tags).length > 0 ? seed.tags : undefined,
    friendlyName: seed.friendlyName ?? sourceName,
    ...describeSource(kind, sourceId, location),
    policyInfo: {
      policyId: `${vault.id}/backupPolicies/${seed.policy}`,
      policyVersion: '',
      ...(parameters && { policyParameters: parameters }),
    },
    extras: seed.userAssignedIdentity === undefined ? {} : identityDetails(seed.userAssignedIdentity),
    state: seed.state,
    provisioningState: 'Succeeded',
    error: seed.error && userFacing(faultOf(seed.error), state.core.seeded),
    protectOperation: undefined,
    generation: 0,
    deletion: undefined,
    scheduledBesideOnDemand: seed.scheduledBesideOnDemand,
  };
}
