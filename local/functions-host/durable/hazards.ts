import type { WarningCode, Warnings } from '../warnings.ts';
import { eventType } from './historyEvents.ts';
import { actionType, leavesOf, type Action, type OrchestratorAnswer } from './orchestratorAnswer.ts';
import { openTasks, type HazardReport, type TurnDraft } from './turnDraft.ts';

const SIX_DAYS_MS = 6 * 86_400_000;
const SIX_MINUTES_MS = 6 * 60_000;
const LARGE_JSON_CHARACTERS = 32 * 1024;

/** Remarks that go to `warnings`; the subject is the orchestrator's name, so that each is told once per function. */
export function reportHazards(warnings: Warnings): HazardReport {
  const warn = (code: Parameters<Warnings['warn']>[0], draft: TurnDraft, text: string): void =>
    warnings.warn(code, draft.record.head.name, text);
  const payload: HazardReport['payload'] = (subject, what, json) => {
    if (json && json.length > LARGE_JSON_CHARACTERS)
      warnings.warn(
        'H05',
        subject,
        `${what} of ${json.length} characters; over about 45 KB it goes to a blob`,
      );
  };
  const delays = (draft: TurnDraft, action: Action): void => {
    for (const text of longDelays(draft, action)) warn('H14', draft, text);
    for (const text of shortDelays(draft, action)) warn('H26', draft, text);
  };
  return {
    answered(draft, entries) {
      const before = draft.record.leaves.length;
      if (hasRepeatedAction(entries))
        warn('H01', draft, 'one task used in two Task.any or Task.all is scheduled twice');
      if (entries.some((entry, at) => isNewEntry(entries, at, before) && isShortRace(draft, entry)))
        warn('H30', draft, 'an activity races a timer under 6 minutes; after a stop the timer wins');
      const isEvent = draft.message.event.EventType === eventType.eventRaised;
      const grows = entries.flatMap(leavesOf).length > before;
      if (draft.suspended && isEvent && grows)
        warn('H28', draft, 'the code runs on while the instance is suspended');
    },
    newAction(draft, action) {
      const input = JSON.stringify(action.input) as string | undefined;
      payload(draft.record.head.name, `input of ${action.functionName ?? 'an action'}`, input);
      if (isActivity(action) && typeof action.input === 'boolean')
        warn('H04', draft, `activity ${action.functionName ?? ''} receives a boolean as text`);
      if (input?.includes('"Timestamp"')) warn('H04', draft, 'a property named Timestamp arrives as a Date');
      if (action.retryOptions?.retryTimeoutInMilliseconds !== undefined)
        warn('H15', draft, 'a retry timeout makes the instance hang once it has passed');
      delays(draft, action);
      if (asksIfDue(draft, action))
        warn('H27', draft, 'a timer for the moment that has just passed: timers fire early');
    },
    heldByOpenMembers: (draft, action) =>
      warn(
        'H02',
        draft,
        `${action.functionName ?? 'the next action'} waits for every member of a failed Task.all`,
      ),
    finishedWithOpenTasks(draft) {
      if (openTasks(draft).next().done !== true)
        warn('H03', draft, 'finished with open tasks: Running until they end');
    },
    customStatusTooLong: (draft, bytes) =>
      warn('H06', draft, `a custom status of ${bytes} bytes fails the instance`),
    customStatusDropped: (draft) => warn('H06', draft, 'a falsy custom status is dropped without a word'),
    refusedAction(draft, action) {
      const isHttp = action.actionType === actionType.callHttp;
      warn(
        isHttp ? 'H19' : 'H17',
        draft,
        isHttp ? 'callHttp may send credentials to a foreign Location' : 'entities and locks are not offered',
      );
    },
    unregistered: (draft, name) => warn('H23', draft, `${name} is not registered: the instance hangs`),
    nonDeterminism: (draft, text) => warn('H13', draft, text),
    newGeneration(draft, input) {
      if (input.startsWith('"'))
        warn('H04', draft, 'a string given to continueAsNew arrives with extra quotes');
      payload(draft.record.head.name, 'input of the next generation', input);
    },
    ended(draft) {
      const { event } = draft.message;
      if (event.EventType === eventType.childFailed && event.Details === null)
        warn('H24', draft, 'a terminated child fails its parent past any try/catch');
      const unread = unreadEvents(draft);
      if (unread.length > 0) warn('H11', draft, `ended with unread events: ${unread.join(', ')}`);
    },
    payload,
    stuck: (draft, answer) => {
      const { code, text } = whyStuck(draft, answer);
      warn(code, draft, `hangs: ${text}`);
    },
  };
}

function whyStuck(draft: TurnDraft, answer: OrchestratorAnswer): { code: WarningCode; text: string } {
  if (answer.threw && answer.error === undefined)
    return { code: 'H12', text: 'it threw a non-Error or an Error without a message' };
  const { leaves } = draft.record;
  const missing = leaves.find((leaf) => !leaf.done && leaf.kind !== 'event' && leaf.id === undefined);
  if (missing) return { code: 'H23', text: `${missing.name} is not registered` };
  if (draft.message.event.EventType === eventType.taskFailed)
    return { code: 'H15', text: 'its retry timeout has passed' };
  return { code: 'H13', text: 'nothing is left to wait for; its sequence numbers have drifted' };
}

const isActivity = (action: Action): boolean =>
  action.actionType === actionType.callActivity || action.actionType === actionType.callActivityWithRetry;

function hasRepeatedAction(entries: readonly Action[]): boolean {
  const all = entries.flatMap(leavesOf);
  return new Set(all).size < all.length;
}

function isNewEntry(entries: readonly Action[], at: number, known: number): boolean {
  return entries.slice(0, at + 1).flatMap(leavesOf).length > known;
}

function isShortRace(draft: TurnDraft, entry: Action): boolean {
  if (entry.actionType !== actionType.whenAny) return false;
  const leaves = leavesOf(entry);
  return (
    leaves.some(isActivity) && leaves.some((leaf) => isTimer(leaf) && waitOf(draft, leaf) < SIX_MINUTES_MS)
  );
}

const isTimer = (action: Action): boolean => action.actionType === actionType.createTimer;

const waitOf = (draft: TurnDraft, action: Action): number =>
  new Date(action.fireAt ?? draft.now).getTime() - draft.now;

function longDelays(draft: TurnDraft, action: Action): string[] {
  const timer = isTimer(action) && waitOf(draft, action) > SIX_DAYS_MS;
  const retry = (action.retryOptions?.firstRetryIntervalInMilliseconds ?? 0) > SIX_DAYS_MS;
  return [
    ...(timer ? ['a timer beyond six days runs in legs'] : []),
    ...(retry ? ['a retry pause beyond six days'] : []),
  ];
}

function shortDelays(draft: TurnDraft, action: Action): string[] {
  const timer = isTimer(action) && waitOf(draft, action) < 2000;
  const retry =
    action.retryOptions !== undefined && action.retryOptions.firstRetryIntervalInMilliseconds < 2000;
  return [
    ...(timer ? ['a timer under 2 s may be no pause at all'] : []),
    ...(retry ? ['a retry interval under 2 s may be no pause at all'] : []),
  ];
}

function asksIfDue(draft: TurnDraft, action: Action): boolean {
  const { event } = draft.message;
  if (event.EventType !== eventType.timerFired || !isTimer(action) || event.FireAt === undefined)
    return false;
  return Math.abs(new Date(action.fireAt ?? 0).getTime() - Date.parse(event.FireAt)) < 1000;
}

function unreadEvents(draft: TurnDraft): string[] {
  const counts = new Map<string, number>();
  for (const event of [...draft.record.history, ...draft.fresh])
    if (event.EventType === eventType.eventRaised) count(counts, event.Name ?? '', 1);
  draft.record.leaves.forEach((leaf, at) => {
    if (leaf.kind === 'event' && (leaf.done || draft.doneLeaves.has(at))) count(counts, leaf.name, -1);
  });
  for (const leaf of draft.leaves) if (leaf.kind === 'event' && leaf.done) count(counts, leaf.name, -1);
  return [...counts].filter(([, left]) => left > 0).map(([name]) => name);
}

const count = (counts: Map<string, number>, name: string, by: number): void =>
  void counts.set(name, (counts.get(name) ?? 0) + by);
