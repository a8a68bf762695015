import { dueOccurrences, windowMilliseconds, type Occurrence } from '../plan/occurrences.ts';
import type { Drill, Schedule } from '../plan/schema.ts';
import { acceptRun, startAccepted } from '../runs/acceptRun.ts';
import type { BatchRequest } from '../runs/run.ts';
import { hashed } from './resourceWatch.ts';
import type { TriggerServices } from './ticks.ts';

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

/** A cron line of the plan and what it begins. */
interface Timed {
  /** Tells schedules and drills of one name apart. */
  readonly list: 'schedule' | 'drill';
  readonly line: Pick<Schedule, 'name' | 'cron' | 'timeZone' | 'window' | 'catchUp'>;
  readonly request: (occurrence: Occurrence, notAfter: string) => BatchRequest;
}

const partitionOf = ({ list, line }: Timed): string => `${list}-${hashed(line.name.toLowerCase())}`;

const scheduled = (schedule: Schedule): Timed => ({
  list: 'schedule',
  line: schedule,
  request: ({ dueAt }, notAfter) => {
    const { keepFor, retentionTag, backupRule, concurrency } = schedule;
    return {
      kind: 'batch',
      of: { kind: 'schedule', schedule: schedule.name, dueAt },
      options: {
        ...(keepFor === undefined ? {} : { keepFor }),
        ...(retentionTag === undefined ? {} : { retentionTag }),
        ...(backupRule === undefined ? {} : { backupRule }),
      },
      ...{ concurrency, notAfter },
    };
  },
});

const drilled = (drill: Drill): Timed => ({
  list: 'drill',
  line: drill,
  request: ({ dueAt }, notAfter) => ({
    kind: 'batch',
    of: { kind: 'drill', drill: drill.name, dueAt },
    options: {},
    ...{ concurrency: drill.concurrency, notAfter },
  }),
});

async function begin(services: TriggerServices, timed: Timed, occurrence: Occurrence): Promise<void> {
  const { list, line } = timed;
  const due = `${line.name}/${occurrence.dueAt.slice(0, 16)}Z`;
  const notAfterMs = Date.parse(occurrence.dueAt) + windowMilliseconds(line.window);
  const request = timed.request(occurrence, new Date(notAfterMs).toISOString());
  const key = list === 'schedule' ? due : `drill/${due}`;
  await startAccepted(services.runs, await acceptRun(services.runs, request, { source: 'schedule', key }));
}

/** Moves the mark forward, never back: a clock that was set back does not make times come twice. */
async function mark({ triggers }: TriggerServices, timed: Timed, until: Date): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await triggers.read(partitionOf(timed), rowKey);
    if (row && String(row['until']) >= until.toISOString()) return;
    const next = { partitionKey: partitionOf(timed), rowKey, until: until.toISOString() };
    const written = row ? await triggers.replace(next, row.etag) : await triggers.insert(next);
    if (written.kind === 'written') return;
  }
}

/** The end of the last tick's span; a first one is noted before anything is begun, so that a failure moves nothing. */
async function handledUntil(services: TriggerServices, timed: Timed, now: Date): Promise<Date> {
  const row = await services.triggers.read(partitionOf(timed), rowKey);
  if (row) return new Date(String(row['until']));
  const first = new Date(now.getTime() - firstSpanMs);
  await mark(services, timed, first);
  return first;
}

async function tickOne(services: TriggerServices, timed: Timed, now: Date): Promise<void> {
  const { list, line } = timed;
  const due = dueOccurrences(line, await handledUntil(services, timed, now), now);
  for (const occurrence of due.begin) await begin(services, timed, occurrence);
  for (const { dueAt, reason } of due.missed)
    services.log(
      `${list === 'drill' ? 'Drill' : 'Schedule'} "${line.name}" of ${dueAt} is not begun: ${reason}.`,
    );
  await mark(services, timed, now);
}

/**
 * Starts a batch for every occurrence of schedules and drills since the last tick. Late, missed and doubled ticks come to
 * the same: each occurrence is accepted once, by name and UTC minute.
 *
 * @throws AggregateError when some failed; the others were handled, and the next tick catches these up.
 */
export async function scheduleTick(services: TriggerServices): Promise<void> {
  const { plan } = await services.loadPlan();
  const now = services.clock();
  const lines = [...plan.schedules.map(scheduled), ...(plan.drills ?? []).map(drilled)];
  const ended = await Promise.allSettled(lines.map((one) => tickOne(services, one, now)));
  const failed = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} schedules could not be handled.`);
}
