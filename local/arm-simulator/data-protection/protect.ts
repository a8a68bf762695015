import type { ArmReply } from '../exchange.ts';
import type { Operation } from '../operations.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, json } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { begin } from './accepted.ts';
import { settleProtection } from './configure.ts';
import { invalidOperation, isInMotion } from './conditions.ts';
import { invalidInput, refusal } from './errors.ts';
import { type InstanceRequest, readInstanceRequest } from './instance-request.ts';
import { instanceActions, instancePath, requestedInstanceId, showInstance } from './instances.ts';
import { findParameterFault } from './parameter-faults.ts';
import { findProtector } from './protected-already.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';
import { withVault } from './vault-scope.ts';

/** PUT of an instance: create, change, repeat. */
export function protectRoutes(state: DataProtectionState): Route[] {
  return [
    {
      name: 'dataProtection.protect',
      method: 'PUT',
      path: instancePath,
      action: `${instanceActions}/write`,
      bucket: 'provider',
      handle: withVault((call, vault) => putInstance(state, call, vault)),
    },
  ];
}

interface Put {
  readonly state: DataProtectionState;
  readonly call: Call;
  readonly vault: ArmResource;
  readonly request: InstanceRequest;
  readonly tags: Record<string, string> | undefined;
}

function putInstance(state: DataProtectionState, call: Call, vault: ArmResource): ArmReply {
  const { seeded } = state.core;
  const body = call.body as { properties?: unknown; tags?: Record<string, string> } | undefined;
  if (body?.properties === undefined) return refusal(400, invalidInput('properties is missing.'), seeded);
  const read = readInstanceRequest(state, vault.id, body.properties);
  if ('fault' in read) return refusal(400, read.fault, seeded);
  const existing = state.instances.get(requestedInstanceId(call, vault));
  const put = { state, call, vault, request: read.request, tags: body.tags };
  const same = existing !== undefined && saysTheSame(existing, put);
  if (same) return repeated(put, existing);
  const fault =
    findParameterFault(state, vault.id, read.request, call.apiVersion, existing) ??
    findProtector(state, vault.id, read.request.dataSourceInfo.resourceID, existing) ??
    (existing && isInMotion(existing) ? invalidOperation : undefined);
  if (fault !== undefined) return refusal(400, fault, seeded);
  if (isVaultBusy(put)) return empty(406);
  const instance = write(put, existing);
  return answerStart(put, instance, startProtecting(put, instance));
}

function isVaultBusy({ state, vault }: Put): boolean {
  if (!state.settings.refuseParallelProtects) return false;
  return state.core.operations.runningIn(vault.id).some(({ kind }) => kind === 'dataProtection.protect');
}

function saysTheSame(existing: BackupInstance, { request, tags }: Put): boolean {
  const said = ({ friendlyName, dataSourceInfo, policyInfo, extras }: InstanceRequest | BackupInstance) => [
    friendlyName ?? null,
    dataSourceInfo.resourceID,
    policyInfo.policyId,
    policyInfo.policyParameters ?? null,
    extras['identityDetails'] ?? null,
  ];
  const before = [said(existing), existing.tags ?? null];
  const wanted = [said(request), tags ?? existing.tags ?? null];
  return canonical(before) === canonical(wanted);
}

// Order of keys and case of ids make no difference.
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ).toLowerCase();

/** The same PUT again: the running operation once more, else 200 without poll headers. */
function repeated(put: Put, instance: BackupInstance): ArmReply {
  const running = put.state.core.operations.find(instance.protectOperation ?? '');
  if (running !== undefined && running.outcome === undefined) return answerStart(put, instance, running);
  return json(200, showInstance(instance));
}

function write(put: Put, existing: BackupInstance | undefined): BackupInstance {
  const { state, call, vault, request, tags } = put;
  const name = existing?.name ?? call.params['instance'] ?? '';
  const instance: BackupInstance = {
    id: `${vault.id}/backupInstances/${name}`,
    name,
    vaultId: vault.id,
    ...request,
    // An update without containers drops them but leaves the kind.
    kind: existing?.kind === 'blobVaulted' ? 'blobVaulted' : request.kind,
    tags: tags ?? existing?.tags,
    state: existing === undefined ? 'ConfiguringProtection' : 'UpdatingProtection',
    provisioningState: existing === undefined ? 'Provisioning' : 'Updating',
    error: undefined,
    protectOperation: undefined,
    generation: (existing?.generation ?? 0) + 1,
    deletion: undefined,
    scheduledBesideOnDemand: existing?.scheduledBesideOnDemand ?? false,
  };
  state.instances.set(instance.id.toLowerCase(), instance);
  return instance;
}

function startProtecting(put: Put, instance: BackupInstance): Operation {
  const { state, call, vault } = put;
  const spoilt = () => {
    instance.state = 'ConfiguringProtectionFailed';
    instance.provisioningState = 'Failed';
  };
  const operation = begin(state, call, {
    kind: 'protect',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.protect,
    spoilt,
    finish: () => {
      instance.provisioningState = 'Succeeded';
      return { kind: 'succeeded' };
    },
  });
  instance.protectOperation = operation.id;
  const settledAt = operation.endsAt + state.core.duration(state.settings.seconds.configure);
  state.core.timeline.at(settledAt, (now) => {
    if (operation.outcome?.kind === 'succeeded') settleProtection(state, vault, instance, now);
  });
  return operation;
}

const modernDate = '2025-07-01';
const acceptedOnModern = ['blobOperational', 'blobVaulted', 'adls', 'cosmos'];

/** 201 with body or 202 without: by kind and api-version, as recorded. */
function answerStart(put: Put, instance: BackupInstance, operation: Operation): ArmReply {
  const { call, vault } = put;
  const { apiVersion } = call;
  const asyncOperation = { path: `${vault.id}/operationStatus/${operation.id}`, apiVersion };
  const isAccepted =
    apiVersion >= '2026-03-01' || (apiVersion >= modernDate && acceptedOnModern.includes(instance.kind));
  if (!isAccepted) {
    return json(201, showInstance(instance), pollHeaders(call, { asyncOperation, retryAfterSeconds: 15 }));
  }
  const location = { path: `${instance.id}/operationResults/${operation.id}`, apiVersion };
  return empty(202, pollHeaders(call, { asyncOperation, location, retryAfterSeconds: 15 }));
}
