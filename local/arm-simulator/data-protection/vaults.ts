import type { Call, Core, Route } from '../core.ts';
import type { ArmReply } from '../exchange.ts';
import { listReply } from '../paging.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json } from '../replies.ts';
import { type ArmResource, parseResourceId } from '../resources.ts';
import { askedIdentity } from '../vault-identity.ts';
import { begin } from './accepted.ts';
import { refusal } from './errors.ts';
import { instancesOf } from './instances.ts';
import { sameId, type DataProtectionState } from './state.ts';
import { requestedVaultId, routesOf, vaultPath, vaultType, withVault } from './vault-scope.ts';

const subscriptionPath = '/subscriptions/{subscription}/providers/Microsoft.DataProtection/backupVaults';
const groupPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataProtection/backupVaults';

/** Backup vaults themselves: get, list, PUT, PATCH, DELETE. */
export function vaultRoutes(state: DataProtectionState): Route[] {
  const route = routesOf(vaultType);
  return [
    route('GET', 'listVaults', subscriptionPath, 'read', (call) => listVaults(state.core, call)),
    route('GET', 'listVaultsInGroup', groupPath, 'read', (call) => listVaults(state.core, call)),
    route(
      'GET',
      'getVault',
      vaultPath,
      'read',
      withVault((_call, vault) => json(200, show(state, vault))),
    ),
    route('PUT', 'putVault', vaultPath, 'write', (call) => putVault(state, call)),
    route(
      'PATCH',
      'patchVault',
      vaultPath,
      'write',
      withVault((call, vault) => patchVault(state, call, vault)),
    ),
    route('DELETE', 'deleteVault', vaultPath, 'delete', (call) => deleteVault(state, call)),
  ];
}

function listVaults(core: Core, call: Call): ArmReply {
  const { subscription = '', group } = call.params;
  const rows = core.resources.list(vaultType).filter(({ id }) => {
    const parts = parseResourceId(id);
    return sameId(parts.subscription, subscription) && (group === undefined || sameId(parts.group, group));
  });
  return listReply(call, rows);
}

// Whether a guard protects the vault follows from its proxies.
function show(state: DataProtectionState, vault: ArmResource): ArmResource {
  const guarded = [...state.guardProxies.values()].some((proxy) => sameId(proxy.vaultId, vault.id));
  return { ...vault, properties: { ...vault.properties, isVaultProtectedByResourceGuard: guarded } };
}

/** What a vault is made of. */
interface VaultShape {
  readonly id: string;
  readonly location: string;
  readonly tags: Record<string, string> | undefined;
  readonly identity: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
}

/** A Backup vault as ARM shows it. */
export function vaultResource({ id, location, tags, identity, properties }: VaultShape): ArmResource {
  const { name } = parseResourceId(id);
  const vault: ArmResource = {
    location,
    ...(tags !== undefined && { tags }),
    identity,
    properties: {
      provisioningState: 'Succeeded',
      isVaultProtectedByResourceGuard: false,
      monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } },
      secureScore: 'None',
      replicatedRegions: [],
      ...properties,
    },
    id,
    name,
    type: vaultType,
  };
  return vault;
}

interface VaultBody {
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly identity?: { readonly type?: string; readonly userAssignedIdentities?: Record<string, unknown> };
  readonly properties?: Record<string, unknown>;
}

function putVault(state: DataProtectionState, call: Call): ArmReply {
  const { core } = state;
  const body = (call.body ?? {}) as VaultBody;
  const before = core.resources.get(requestedVaultId(call));
  const id = before?.id ?? requestedVaultId(call);
  const principalId = before?.identity?.['principalId'] as string | undefined;
  const identity = askedIdentity(core.resources, { id, principalId }, body.identity, core.world.tenantId);
  const { location = 'westeurope', tags } = body;
  const vault = vaultResource({
    id,
    location,
    tags,
    identity,
    properties: withRetention({ ...body.properties }),
  });
  core.resources.put(vault);
  if (before === undefined) return answerWrite(state, call, vault, 'Provisioning');
  const sameIdentity = JSON.stringify(before.identity) === JSON.stringify(identity);
  return sameIdentity ? json(200, show(state, vault)) : answerWrite(state, call, vault, 'Updating');
}

interface Security {
  readonly softDeleteSettings?: { readonly state?: string; readonly retentionDurationInDays?: number };
}

// The service writes the days even where only the state was sent.
function withRetention(properties: Record<string, unknown>): Record<string, unknown> {
  const security = properties['securitySettings'] as Security | undefined;
  const sent = security?.softDeleteSettings;
  if (sent === undefined) return properties;
  const retentionDurationInDays = sent.retentionDurationInDays ?? (sent.state === 'Off' ? 0 : 14);
  const softDeleteSettings = { ...sent, retentionDurationInDays };
  return { ...properties, securitySettings: { ...security, softDeleteSettings } };
}

function answerWrite(
  state: DataProtectionState,
  call: Call,
  vault: ArmResource,
  provisioningState: 'Provisioning' | 'Updating',
): ArmReply {
  const operation = begin(state, call, {
    kind: 'writeVault',
    vault,
    subject: vault.id,
    seconds: state.settings.seconds.vault,
    finish: () => ({ kind: 'succeeded' }),
  });
  const asyncOperation = {
    path: `${vault.id}/operationStatus/${operation.id}`,
    apiVersion: call.apiVersion,
  };
  const shown = { ...vault, properties: { ...vault.properties, provisioningState } };
  return json(201, shown, pollHeaders(call, { asyncOperation, retryAfterSeconds: 10 }));
}

function patchVault(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const body = (call.body ?? {}) as VaultBody;
  if (body.tags !== undefined) vault.tags = body.tags;
  vault.properties = { ...vault.properties, ...body.properties };
  state.core.effects.record({ at: call.now, kind: 'writeVault', subject: vault.id });
  return json(200, show(state, vault));
}

function deleteVault(state: DataProtectionState, call: Call): ArmReply {
  const { core } = state;
  const vault = core.resources.get(requestedVaultId(call));
  if (vault === undefined) return empty(204);
  if (instancesOf(state, vault.id).length > 0) {
    const message = `The Backup vault ${vault.name} has backup instances and cannot be deleted.`;
    return refusal(400, { code: 'BMSUserErrorVaultDeletionNotAllowed', message }, core.seeded);
  }
  core.resources.delete(vault.id);
  core.effects.record({ at: call.now, kind: 'deleteVault', subject: vault.id });
  return empty(200);
}
