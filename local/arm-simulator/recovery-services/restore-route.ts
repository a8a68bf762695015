import type { Route } from '../core.ts';
import type { ArmReply } from '../exchange.ts';
import { restoredVariant } from '../faults.ts';
import { pollHeaders } from '../poll-links.ts';
import { empty, gatewayError, serviceError } from '../replies.ts';
import { startOperation } from './accept.ts';
import { bentJob } from './backup-route.ts';
import { itemId } from './item-body.ts';
import { startJob } from './jobs.ts';
import { spendDaily } from './limits.ts';
import { machineRestore } from './machine-restore.ts';
import { restoreLinks } from './operation-links.ts';
import { refuseSoftDeleted } from './protection.ts';
import { lacksRestoreRequest } from './resource-guard.ts';
import { askedPoint } from './recovery-point-routes.ts';
import { shareRestore } from './share-restore.ts';
import type { Restore, Restoring } from './restore.ts';
import { type RecoveryServices, sourceKey } from './state.ts';
import {
  action,
  askedItem,
  askedProperties,
  dataSourceNotFound,
  invalidInput,
  inVault,
  protectedItemPath,
  type VaultCall,
} from './vault-call.ts';

/** Restores of shares and machines. */
export function restoreRoutes(rsv: RecoveryServices): Route[] {
  const points = 'backupFabrics/protectionContainers/protectedItems/recoveryPoints';
  return [
    {
      name: 'recoveryServices.restore',
      method: 'POST',
      path: `${protectedItemPath}/recoveryPoints/{point}/restore`,
      action: action(`${points}/restore/action`),
      handle: inVault(rsv, restore),
    },
  ];
}

function restore(asked: VaultCall): ArmReply {
  const { call } = asked;
  const item = askedItem(asked);
  if (item === undefined) return dataSourceNotFound();
  if (item.softDeleted !== undefined) return refuseSoftDeleted(item);
  const guarded = lacksRestoreRequest(asked);
  if (guarded !== undefined) return guarded;
  const restoring = { ...asked, item, variant: restoredVariant(call.faults) };
  const read = readRestore(restoring, call.params['point'] ?? '', askedProperties(call));
  if ('status' in read) return read;
  return refuseLinked(asked, read) ?? spendRestore(restoring) ?? start(restoring, read);
}

/** What a restore of the item from that point will do; the refusal of a request that cannot be right. */
export function readRestore(asked: Restoring, pointId: string, body: unknown): Restore | ArmReply {
  const point = askedPoint(asked, asked.item, pointId);
  if (point === undefined)
    return serviceError(404, 'UserErrorRecoveryPointNotFound', 'The recovery point was not found.');
  const valid = (point.tiers ?? []).filter(({ status }) => status === 'Valid');
  if (valid.length > 0 && valid.every(({ type }) => type === 'ArchivedRP'))
    return invalidInput('the recovery point is in the archive tier and needs a rehydration request');
  const { kind } = asked.item.source;
  if (kind === 'AzureWorkload') return invalidInput('databases are not restored here');
  const read =
    kind === 'AzureStorage' ? shareRestore(asked, point, body) : machineRestore(asked, point, body);
  return typeof read === 'string' ? invalidInput(read) : read;
}

/** 403 `LinkedAuthorizationFailed` (or 409 of a lock) for a target that the caller may not use so. */
function refuseLinked({ call }: VaultCall, { linked }: Restore): ArmReply | undefined {
  for (const { action: needed, scope } of linked) {
    const refused = call.core.hooks.authorize?.({
      principal: call.principal,
      action: needed,
      scope,
      call,
    });
    if (refused?.status === 403)
      return gatewayError(
        403,
        'LinkedAuthorizationFailed',
        `The client has permission to perform action '${call.route.action}' on scope '${call.url.pathname}', however the linked action '${needed}' is not permitted on scope '${scope}'.`,
      );
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function spendRestore({ rsv, vault, call, item }: Restoring): ArmReply | undefined {
  const { restoresPerFileShare, restoresPerVirtualMachine } = rsv.seed.limits;
  const limit = item.source.kind === 'AzureStorage' ? restoresPerFileShare : restoresPerVirtualMachine;
  return spendDaily(rsv, { key: `restore/${vault.id}/${sourceKey(item.source)}`, limit, now: call.now });
}

/** 202; the operation has the id of its job (recorded), whose end shows what came back. */
function start(asked: Restoring, restoring: Restore): ArmReply {
  const { rsv, vault, call, item } = asked;
  const { obstacle, complete, targetId, tasks, seconds, ...shown } = restoring;
  const bent = bentJob(call);
  const outcome =
    obstacle === undefined
      ? bent.outcome
      : { status: 'Failed' as const, recommendations: [], ...obstacle, seconds: Math.min(seconds, 20) };
  const length = rsv.core.duration(outcome?.seconds ?? seconds);
  const job = startJob(rsv, vault, {
    item,
    operation: 'Restore',
    at: call.now,
    activityId: asked.activityId,
    seconds,
    ...shown,
    ...bent,
    ...(outcome !== undefined && { outcome }),
    tasks: tasks(call.now, call.now + length),
    complete: (ended, now) => {
      complete?.(ended, now);
      const variant = restoredVariant(call.faults);
      rsv.core.effects.record({
        ...{ at: now, kind: 'restored', subject: targetId, id: ended.id },
        ...(variant === undefined ? {} : { bent: variant }),
      });
    },
  });
  const operation = startOperation(asked, {
    id: job.id,
    kind: 'restore',
    subject: itemId(vault, item),
    seconds: rsv.seed.timings.backupOperation,
    job,
  });
  return empty(202, pollHeaders(call, restoreLinks(call, operation.id)));
}
