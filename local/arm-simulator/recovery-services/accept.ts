import type { Operation, OperationOutcome } from '../operations.ts';
import { itemId } from './item-body.ts';
import type { Item, Job } from './state.ts';
import type { VaultCall } from './vault-call.ts';

/** What an accepted call starts. */
export interface Accepted {
  /** Effect word: `protect`, `backup`, … */
  readonly kind: string;
  /** ARM id of what is worked on. */
  readonly subject: string;
  /** Length before the time scale. */
  readonly seconds: number;
  readonly job?: Job;
  readonly finish?: (now: number) => OperationOutcome | void;
}

/** Starts the operation of an accepted call and records its effect. */
export function startOperation({ rsv, vault, call }: VaultCall, accepted: Accepted): Operation {
  const { kind, subject, seconds, job } = accepted;
  const { core } = rsv;
  const id = core.seeded.guid();
  core.effects.record({ at: call.now, kind, subject, id: job?.id ?? id });
  return core.operations.start({
    id,
    kind,
    vaultId: vault.id,
    subject,
    startedAt: call.now,
    endsAt: call.now + core.duration(seconds),
    finish: (now) => accepted.finish?.(now) ?? succeeded(job),
  });
}

const succeeded = (job: Job | undefined): OperationOutcome => ({
  kind: 'succeeded',
  ...(job !== undefined && { properties: { objectType: 'OperationStatusJobExtendedInfo', jobId: job.id } }),
});

/** Whether a switched-on vault refuses a second write on `item` now. */
export function conflicts({ rsv, vault }: VaultCall, item: Item): boolean {
  return vault.seed.whileBusy === 'conflict' && rsv.core.operations.running(itemId(vault, item)).length > 0;
}
