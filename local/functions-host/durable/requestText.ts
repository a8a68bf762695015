import type { InvocationInput } from '../invoke.ts';
import type { RegisteredFunction } from '../registry.ts';
import { overlayValueProperties } from '../triggerMetadata.ts';
import { eventType, type HistoryEvent } from './historyEvents.ts';
import type { InstanceRecord } from './instanceRecord.ts';
import { legTexts, type TimerLegs } from './timerDue.ts';

/** How requests are written. */
export interface RequestForm {
  readonly legs: TimerLegs;
  /** Leaves the second copy of the trigger value out of the metadata; nobody but a test can tell. */
  readonly lean: boolean;
  /** Gives the value itself instead of its text, and no metadata: for hosts whose calls are short. */
  readonly short: boolean;
}

const SEPARATOR = ',\n    ';

const PLAYED: ReadonlySet<number> = new Set([
  eventType.executionStarted,
  eventType.taskCompleted,
  eventType.taskFailed,
  eventType.childCompleted,
  eventType.childFailed,
  eventType.timerFired,
  eventType.eventRaised,
  eventType.executionSuspended,
  eventType.executionResumed,
]);

// A history is sent whole with every turn and only ever grows: its replayed text grows with it.
const replayed = new WeakMap<readonly HistoryEvent[], { count: number; text: string }>();

function replayedText(record: InstanceRecord): string {
  const { history } = record;
  const known = replayed.get(history);
  const grown = known && known.count <= history.length ? known : { count: 0, text: '' };
  for (; grown.count < history.length; grown.count += 1) {
    const event = history[grown.count];
    if (!event) break;
    const played = isPlayed(record, event, grown.count);
    grown.text += `${grown.count === 0 ? '' : SEPARATOR}${writeEvent(event, played)}`;
  }
  replayed.set(history, grown);
  return grown.text;
}

/** Forgets the text of an instance that will not be asked again. */
export function forgetText({ history }: InstanceRecord): void {
  replayed.delete(history);
  livePast.delete(history);
}

function writeEvent(event: HistoryEvent, played: boolean): string {
  const { Timestamp, ...rest } = event;
  return JSON.stringify({ ...rest, IsPlayed: played, Timestamp }, null, 2).replaceAll('\n', '\n    ');
}

const isPlayed = (record: InstanceRecord, event: HistoryEvent, at: number): boolean =>
  PLAYED.has(event.EventType) || isPlayedOddity(record, event, at);

// The library turns instants into dates where it finds them, and changes nothing else: replayed events are given again.
const livePast = new WeakMap<readonly HistoryEvent[], HistoryEvent[]>();

/** The history as values: everything before `fresh` is replay. */
function liveHistory(record: InstanceRecord, fresh: readonly HistoryEvent[]): HistoryEvent[] {
  const { history } = record;
  const known = livePast.get(history);
  const past = known && known.length <= history.length ? known : [];
  for (const event of history.slice(past.length))
    past.push({ ...event, IsPlayed: isPlayed(record, event, past.length) });
  livePast.set(history, past);
  return [...past, ...fresh.map((event) => ({ ...event, IsPlayed: false }))];
}

/** Everything before `fresh` is replay. */
function historyText(record: InstanceRecord, fresh: readonly HistoryEvent[]): string {
  const own = fresh.map((event) => writeEvent(event, false));
  return [replayedText(record), ...own].filter((text) => text !== '').join(SEPARATOR);
}

// The turn that began a generation is marked as played, unlike every other (recorded: continue-as-new-object).
const isPlayedOddity = (record: InstanceRecord, event: HistoryEvent, at: number): boolean =>
  record.head.continued && at === 2 && event.EventType === eventType.orchestratorCompleted;

/** The trigger value of one turn: the whole history, `fresh` being the events of this turn. */
function requestText(
  record: InstanceRecord,
  fresh: readonly HistoryEvent[],
  rest: Readonly<Record<string, unknown>>,
): string {
  const tail = JSON.stringify(rest, null, 2).slice(1);
  return `{\n  "history": [\n    ${historyText(record, fresh)}\n  ],${tail}`;
}

/** What the orchestrator function is called with. */
export function orchestrationInput(
  fn: RegisteredFunction,
  record: InstanceRecord,
  fresh: readonly HistoryEvent[],
  form: RequestForm,
): InvocationInput {
  const { head } = record;
  const legs = legTexts(form.legs);
  const rest = {
    input: head.input === null ? null : (JSON.parse(head.input) as unknown),
    instanceId: head.instanceId,
    isReplaying: record.history.length > 0,
    parentInstanceId: head.parent?.instanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: legs.leg,
    maximumShortTimerDuration: legs.longest,
    defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
  };
  const { key } = fn.trigger;
  if (form.short) {
    const live = { history: liveHistory(record, fresh), ...rest };
    return { inputData: [{ name: key, data: { live } }], triggerMetadata: {} };
  }
  const data = { string: requestText(record, fresh, rest) };
  const triggerMetadata = overlayValueProperties(form.lean ? {} : { [key]: data }, rest);
  return { inputData: [{ name: key, data }], triggerMetadata };
}
