import { removeRange, removeScanned } from '../storage/removeRows.ts';
import type { Table } from '../storage/table.ts';
import { sendCopy } from './settle.ts';
import type { GuardMessage } from './step.ts';
import { readStep } from './stepInHand.ts';
import type { StepState } from './stepRow.ts';
import type { StepServices } from './stepServices.ts';
import { later, secondsUntil } from './timings.ts';

/*
 * A flow that waits for the end of a job does not ask again meanwhile, and the message of a worker that died is hidden for
 * ten minutes. So its step is looked at by others, at most as long after its slot as other flows wait before they ask again:
 * all steps of half a minute together, by one message. Each has a row until then; whoever is the first to find no mark
 * beside the rows sends the message, before the row and before the mark. One message too many finds nothing to do.
 */

const guardSeconds = 180;
const beatMs = 30_000;
const atOnce = 16;

/** No run has such an id. */
const partitionPrefix = 'guard-';
const partitionOf = (beat: string): string => `${partitionPrefix}${beat}`;
/** Tells that the message of a beat has been sent. */
const mark = 'sent';

/** Has a step looked after that was ordered now, for a slot some seconds ahead. Harmless to repeat. */
export async function guardStep(
  { steps, queue, clock }: Pick<StepServices, 'steps' | 'queue' | 'clock'>,
  { runId, stepId }: Pick<StepState, 'runId' | 'stepId'>,
  slotSeconds: number,
): Promise<void> {
  const latest = later(clock(), slotSeconds + guardSeconds).getTime();
  const beat = new Date(latest - (latest % beatMs)).toISOString();
  const partitionKey = partitionOf(beat);
  if (!(await steps.read(partitionKey, mark))) {
    const message: GuardMessage = { guard: beat };
    await queue.send(JSON.stringify(message), secondsUntil(beat, clock()));
    await steps.put({ partitionKey, rowKey: mark });
  }
  await steps.put({ partitionKey, rowKey: `${runId}-${stepId}` });
}

/** A step that has not settled gets a message: what is to be done follows from its row. */
async function remind(services: StepServices, rowKey: string): Promise<void> {
  const [runId = '', stepId = ''] = rowKey.split('-');
  const held = await readStep(services, { runId, stepId });
  if (held && held.step.state !== 'settled') await sendCopy(services, held.step, 0);
}

/** Looks after the steps of one beat, and forgets them. @throws Error when storage fails: the queue brings the message back. */
export async function lookAfter(services: StepServices, { guard }: GuardMessage): Promise<void> {
  const partitionKey = partitionOf(guard);
  let continuation: string | undefined;
  do {
    const page = await services.steps.page(partitionKey, continuation === undefined ? {} : { continuation });
    const keys = page.rows.map(({ rowKey }) => rowKey).filter((rowKey) => rowKey !== mark);
    for (let begin = 0; begin < keys.length; begin += atOnce)
      await Promise.all(keys.slice(begin, begin + atOnce).map((rowKey) => remind(services, rowKey)));
    continuation = page.continuation;
  } while (continuation !== undefined);
  await removeRange(services.steps, partitionKey);
}

/** What is left of beats before an instant, ISO 8601 UTC: those whose message the queue has given up. */
export const removeOldGuards = (steps: Table, before: string): Promise<void> =>
  removeScanned(steps, { column: 'PartitionKey', before: partitionOf(before), partitionPrefix });
