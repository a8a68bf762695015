import type { ArmReply } from '../exchange.ts';
import type { Operation, OperationOutcome } from '../operations.ts';
import { pollHeaders, type PollLinks } from '../poll-links.ts';
import { empty } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call } from '../core.ts';
import { guidFromHex, sha256Hex } from '../seeded.ts';
import type { DataProtectionState } from './state.ts';

/** A long-running operation of Data Protection, about to begin. */
interface Beginning {
  readonly kind: string;
  readonly vault: ArmResource;
  readonly subject: string;
  /** Seconds of the service. */
  readonly seconds: number;
  /** Applies the effects at the end and says how it ended. */
  readonly finish: (now: number) => OperationOutcome;
  /** Told instead of `finish` when a fault made the operation fail. */
  readonly spoilt?: () => void;
  /** Id that the effect is counted under, default the operation's; `none` when nothing is changed. */
  readonly effect?: 'none' | { readonly id: string };
}

/** Starts an operation; its id is base64 of two GUIDs joined by `;`, the first one the vault's. */
export function begin(state: DataProtectionState, call: Call, beginning: Beginning): Operation {
  const { kind, vault, subject, seconds, finish, spoilt, effect } = beginning;
  const { core } = state;
  const operation = core.operations.start({
    id: operationId(vault.id, core.seeded.guid()),
    kind: `dataProtection.${kind}`,
    vaultId: vault.id,
    subject,
    startedAt: call.now,
    endsAt: call.now + core.duration(seconds),
    finish,
  });
  core.timeline.at(operation.endsAt, () => {
    if (operation.outcome?.kind !== 'succeeded') spoilt?.();
  });
  if (effect !== 'none') core.effects.record({ at: call.now, kind, subject, id: effect?.id ?? operation.id });
  return operation;
}

const operationId = (vaultId: string, guid: string): string =>
  Buffer.from(`${guidFromHex(sha256Hex(vaultId.toLowerCase()))};${guid}`).toString('base64');

/** Where an operation is followed: AAO at the vault (at the location before 2022-03-01), Location at the location. */
function usualLinks(call: Call, vault: ArmResource, operation: Operation): PollLinks {
  const atLocation = locationPath(call, vault.location ?? '');
  const statusParent = call.apiVersion < '2022-03-01' ? atLocation : vault.id;
  const { apiVersion } = call;
  return {
    asyncOperation: { path: `${statusParent}/operationStatus/${operation.id}`, apiVersion },
    location: { path: `${atLocation}/operationResults/${operation.id}`, apiVersion },
  };
}

/** Parent path of the location-scoped operation URLs, in the request's subscription. */
export const locationPath = (call: Call, location: string): string =>
  `/subscriptions/${call.params['subscription']}/providers/Microsoft.DataProtection/locations/${location}`;

/** 202 without a body, both poll URLs and a Retry-After in seconds of the service. */
export function accepted(
  call: Call,
  vault: ArmResource,
  operation: Operation,
  retryAfterSeconds: number,
): ArmReply {
  return empty(202, pollHeaders(call, { ...usualLinks(call, vault, operation), retryAfterSeconds }));
}
