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
  /** Id of the operation; absent: a fresh one. A restore's is that of its job. */
  readonly id?: string;
  readonly finish?: (now: number) => OperationOutcome | void;
  /** Undoes what acceptance began, when the operation is made to fail. */
  readonly abandon?: () => void;
}

/** Starts the operation of an accepted call and records its effect. */
export function startOperation({ rsv, vault, call }: VaultCall, accepted: Accepted): Operation {
  const { kind, subject, seconds, job } = accepted;
  const { core } = rsv;
  const id = accepted.id ?? core.seeded.guid();
  core.effects.record({ at: call.now, kind, subject, id: job?.id ?? id });
  return core.operations.start({
    id,
    kind,
    vaultId: vault.id,
    subject,
    startedAt: call.now,
    endsAt: call.now + core.duration(seconds),
    finish: (now) => ended(accepted, now),
    abandon: () => abandoned(accepted),
    unchanged: () => succeeded(job),
  });
}

function ended({ finish, job }: Accepted, now: number): OperationOutcome {
  const outcome = finish?.(now) ?? succeeded(job);
  if (outcome.kind !== 'succeeded') failJob(job, outcome.error.message);
  return outcome;
}

function abandoned({ job, abandon }: Accepted): void {
  failJob(job, 'The operation failed.');
  abandon?.();
}

/** The job of an operation that failed has failed too. */
function failJob(job: Job | undefined, errorString: string): void {
  if (job !== undefined)
    job.outcome = { status: 'Failed', errorCode: 400_001, errorString, recommendations: [] };
}

const succeeded = (job: Job | undefined): OperationOutcome => ({
  kind: 'succeeded',
  ...(job !== undefined && { properties: { objectType: 'OperationStatusJobExtendedInfo', jobId: job.id } }),
});

/** Whether a switched-on vault refuses a second write on `item` now. */
export function conflicts({ rsv, vault }: VaultCall, item: Item): boolean {
  return vault.seed.whileBusy === 'conflict' && rsv.core.operations.running(itemId(vault, item)).length > 0;
}
