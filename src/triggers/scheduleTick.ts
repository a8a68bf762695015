import { dueOccurrences, windowMilliseconds, type Occurrence } from '../plan/occurrences.ts';
import type { Schedule } from '../plan/schema.ts';
import { acceptRun } from '../runs/acceptRun.ts';
import type { BatchRequest } from '../runs/run.ts';
import { startAccepted } from '../runs/startRun.ts';
import { hashed } from './resourceWatch.ts';
import type { TriggerServices } from './triggerServices.ts';

/** Starts the sweep of this UTC day, once, whatever the number of ticks; a plan without rules needs none. */
export async function startNightlySweep({ clock, loadPlan, runs }: TriggerServices): Promise<void> {
  const { plan } = await loadPlan();
  if (plan.rules.length === 0) return;
  const key = `sweep/${clock().toISOString().slice(0, 10)}`;
  const request = { kind: 'sweep', dryRun: false } as const;
  await startAccepted(runs, await acceptRun(runs, request, { source: 'sweep', key }));
}

/** A schedule never seen before begins with the last minute: what lay before it was not promised. */
const firstSpanMs = 60_000;
const rowKey = 'handledUntil';
const mostTries = 10;

const partitionOf = ({ name }: Schedule): string => `schedule-${hashed(name.toLowerCase())}`;

function requestFor(schedule: Schedule, { dueAt }: Occurrence): BatchRequest {
  const { keepFor, retentionTag, backupRule, concurrency, window } = schedule;
  return {
    kind: 'batch',
    of: { kind: 'schedule', schedule: schedule.name, dueAt },
    options: {
      ...(keepFor === undefined ? {} : { keepFor }),
      ...(retentionTag === undefined ? {} : { retentionTag }),
      ...(backupRule === undefined ? {} : { backupRule }),
    },
    concurrency,
    notAfter: new Date(Date.parse(dueAt) + windowMilliseconds(window)).toISOString(),
  };
}

async function begin(services: TriggerServices, schedule: Schedule, occurrence: Occurrence): Promise<void> {
  const key = `${schedule.name}/${occurrence.dueAt.slice(0, 16)}Z`;
  const request = requestFor(schedule, occurrence);
  await startAccepted(services.runs, await acceptRun(services.runs, request, { source: 'schedule', key }));
}

/** Moves the mark forward, never back: a clock that was set back does not make times come twice. */
async function mark({ triggers }: TriggerServices, schedule: Schedule, until: Date): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await triggers.read(partitionOf(schedule), rowKey);
    if (row && String(row['until']) >= until.toISOString()) return;
    const next = { partitionKey: partitionOf(schedule), rowKey, until: until.toISOString() };
    const written = row ? await triggers.replace(next, row.etag) : await triggers.insert(next);
    if (written.kind === 'written') return;
  }
}

/** The end of the last tick's span; a first one is noted before anything is begun, so that a failure moves nothing. */
async function handledUntil(services: TriggerServices, schedule: Schedule, now: Date): Promise<Date> {
  const row = await services.triggers.read(partitionOf(schedule), rowKey);
  if (row) return new Date(String(row['until']));
  const first = new Date(now.getTime() - firstSpanMs);
  await mark(services, schedule, first);
  return first;
}

async function tickOne(services: TriggerServices, schedule: Schedule, now: Date): Promise<void> {
  const due = dueOccurrences(schedule, await handledUntil(services, schedule, now), now);
  for (const occurrence of due.begin) await begin(services, schedule, occurrence);
  for (const { dueAt, reason } of due.missed)
    services.log(`Schedule "${schedule.name}" of ${dueAt} is not begun: ${reason}.`);
  await mark(services, schedule, now);
}

/**
 * Starts a batch for every occurrence since the last tick. Late, missed and doubled ticks come to the same: each
 * occurrence is accepted once, by schedule and UTC minute.
 *
 * @throws AggregateError when schedules failed; the others were handled, and the next tick catches these up.
 */
export async function scheduleTick(services: TriggerServices): Promise<void> {
  const { plan } = await services.loadPlan();
  const now = services.clock();
  const ended = await Promise.allSettled(plan.schedules.map((one) => tickOne(services, one, now)));
  const failed = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} schedules could not be handled.`);
}
