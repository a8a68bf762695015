import type { Leaf } from './instanceRecord.ts';
import type { Action } from './orchestratorAnswer.ts';
import { leafAt, openTasks, type TurnDraft } from './turnDraft.ts';

const KIND_WORDS = {
  activity: 'an activity',
  child: 'a sub-orchestration',
  timer: 'a timer',
  event: 'an event',
} as const;
const CHANGED = 'Was a change made to the orchestrator code after this instance had already started running?';
const PREFIX = 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled';

const named = (kind: Leaf['kind'], name: string): string =>
  kind === 'timer' ? `${KIND_WORDS[kind]} task` : `${KIND_WORDS[kind]} task named '${name}'`;

/**
 * The orchestrator asks for something else than it did before. The activity it asks for now runs all the same
 * (recorded: non-determinism).
 */
export function actionChanged(
  draft: TurnDraft,
  before: Leaf,
  now: Action,
  kind: Leaf['kind'] | undefined,
): string {
  const name = now.functionName ?? now.externalEventName ?? '';
  if (kind === 'activity' && draft.world.isRegistered('activity', name)) {
    const input = JSON.stringify(now.input) as string | undefined;
    draft.effects.push({ kind: 'run unasked', name, ...(input === undefined ? {} : { input }) });
  }
  const earlier =
    before.kind === 'timer'
      ? 'a timer task with sequence number'
      : `${KIND_WORDS[before.kind]} task with sequence number`;
  const earlierName = before.kind === 'timer' ? '' : ` named '${before.name}'`;
  const text =
    `${PREFIX} ${earlier} ${before.id ?? 'none'}${earlierName}, but the current orchestration replay instead ` +
    `scheduled ${named(kind ?? 'event', name)} with this sequence number.  ${CHANGED}`;
  draft.world.hazards.nonDeterminism(draft, text);
  return text;
}

/** The orchestrator no longer asks for something it asked for before. */
export function actionMissing(draft: TurnDraft, at: number): string {
  const leaf = leafAt(draft, at);
  const task = [...draft.record.open.values(), ...openTasks(draft)].find((each) => each.leaf === at);
  const kind = leaf?.kind ?? 'activity';
  const child = kind === 'child' ? `, instance ID '${task?.childInstanceId ?? ''}'` : '';
  const name = kind === 'timer' ? '' : ` and name '${leaf?.name ?? ''}' (version ''${child})`;
  const text =
    `${PREFIX} ${KIND_WORDS[kind]} task with sequence ID ${leaf?.id ?? 'none'}${name}, ` +
    `but the current replay execution hasn't (yet?) scheduled this task. ${CHANGED}`;
  draft.world.hazards.nonDeterminism(draft, text);
  return text;
}
