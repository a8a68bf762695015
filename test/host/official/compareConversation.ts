import type { RecordedCall } from './callRecorder.ts';
import { activitiesOf, episodesOf } from './conversationLog.ts';
import { normalise } from './normalise.ts';
import type { ActivityLine, Conversation, EpisodeLine, HistoryLine, OutcomeLine } from './recordings.ts';

/** What the local host did with the steps of a conversation. */
export interface LocalRun {
  readonly calls: readonly RecordedCall[];
  /** What each recorded outcome may be compared with: every end of the instance that was looked at. */
  readonly outcomes: readonly (readonly (Record<string, unknown> | undefined)[])[];
}

const ORCHESTRATOR_STARTED = 12;
const ORCHESTRATOR_COMPLETED = 13;
const ANSWERS: ReadonlySet<number> = new Set([5, 6, 8, 9, 11]);

/** Differences in words, empty when the local host behaved as recorded. */
export function compareConversation(recorded: Conversation, local: LocalRun): readonly string[] {
  const ours = episodesOf(local.calls);
  return [
    ...compareEpisodes(recorded.episodes, ours),
    ...compareActivities(recorded.activities, activitiesOf(local.calls)),
    ...recorded.outcomes.flatMap((outcome, at) => compareOutcome(outcome, local.outcomes[at] ?? [])),
  ];
}

const generationOf = (episode: EpisodeLine): string => {
  const start = episode.request.history.find((event) => event.EventType === 0);
  const instance = start?.['OrchestrationInstance'] as { ExecutionId?: string } | undefined;
  return `${episode.instanceId} ${instance?.ExecutionId ?? ''}`;
};

/** Episodes by generation; a child with a generated id is known by its task number and parent. */
function byGeneration(episodes: readonly EpisodeLine[]): Map<string, EpisodeLine[]> {
  const groups = new Map<string, EpisodeLine[]>();
  for (const episode of episodes)
    groups.set(generationOf(episode), [...(groups.get(generationOf(episode)) ?? []), episode]);
  const named = new Map<string, EpisodeLine[]>();
  for (const group of groups.values()) {
    const name = String(normalise(group[0]?.instanceId ?? ''));
    let number = 1;
    while (named.has(`${name} generation ${number}`)) number += 1;
    named.set(`${name} generation ${number}`, group);
  }
  return named;
}

function compareEpisodes(recorded: readonly EpisodeLine[], local: readonly EpisodeLine[]): string[] {
  const theirs = byGeneration(recorded);
  const ours = byGeneration(local);
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((name) => {
    const a = theirs.get(name);
    const b = ours.get(name);
    if (!a || !b) return [`${name}: ${a ? 'recorded only' : 'local only'}`];
    return compareGeneration(name, a, b);
  });
}

function compareGeneration(
  name: string,
  theirs: readonly EpisodeLine[],
  ours: readonly EpisodeLine[],
): string[] {
  const first = differ(`${name} first request`, requestOf(theirs[0]), requestOf(ours[0]));
  const last = differ(`${name} last answer`, answerOf(theirs.at(-1)), answerOf(ours.at(-1)));
  const events = compareHistory(name, theirs, ours);
  const flags = differ(`${name} IsPlayed`, playedTypes(theirs), playedTypes(ours));
  const answers = theirs.length === ours.length && !isParallel(theirs) ? sameLength(name, theirs, ours) : [];
  return [...first, ...last, ...events, ...flags, ...answers, ...knownOnly(name, theirs, ours)];
}

/** Whatever was told or answered in any recorded episode must have been told and answered here at some time. */
function knownOnly(name: string, theirs: readonly EpisodeLine[], ours: readonly EpisodeLine[]): string[] {
  const told = new Set(finalHistory(ours).map((event) => JSON.stringify(event)));
  const answers = new Set(ours.map((episode) => JSON.stringify(answerOf(episode))));
  return theirs.flatMap((episode) => [
    ...finalHistory([episode])
      .filter((event) => !told.has(JSON.stringify(event)))
      .map((event) => `${name} episode ${episode.n} was told ${JSON.stringify(event)}`),
    ...(answers.has(JSON.stringify(answerOf(episode)))
      ? []
      : [`${name} episode ${episode.n} answered ${JSON.stringify(answerOf(episode))}`]),
  ]);
}

/** With equally many episodes each one must match: what it was told and what it answered. */
function sameLength(name: string, theirs: readonly EpisodeLine[], ours: readonly EpisodeLine[]): string[] {
  return theirs.flatMap((episode, at) => [
    ...differ(`${name} episode ${at + 1} answer`, answerOf(episode), answerOf(ours[at])),
    ...differ(`${name} episode ${at + 1} request`, requestOf(episode), requestOf(ours[at])),
  ]);
}

const requestOf = (episode: EpisodeLine | undefined): unknown =>
  episode && normalise({ ...episode.request, functionName: episode.functionName });

const answerOf = (episode: EpisodeLine | undefined): unknown =>
  episode && normalise({ threw: episode.threw ?? false, response: episode.response });

/** Parallel work may end in any order; then only the order of one task's own events is kept, by its number. */
function compareHistory(
  name: string,
  theirs: readonly EpisodeLine[],
  ours: readonly EpisodeLine[],
): string[] {
  const [a, b] = [finalHistory(theirs), finalHistory(ours)];
  const inOrder = differ(`${name} history`, a, b);
  if (inOrder.length === 0 || !isParallel(theirs)) return inOrder;
  const sorted = (events: readonly unknown[]): string[] =>
    events.map((event) => JSON.stringify(event)).sort();
  return differ(`${name} history in any order`, sorted(a), sorted(b));
}

/** Whether a conversation holds work that may end in more than one order. */
export const hasParallelWork = ({ episodes }: Conversation): boolean =>
  [...byGeneration(episodes).values()].some(isParallel);

/** Whether two tasks were ever scheduled in one turn. */
function isParallel(episodes: readonly EpisodeLine[]): boolean {
  const types = episodes.at(-1)?.request.history.map((event) => event.EventType) ?? [];
  const isScheduling = (type: number | undefined): boolean => type === 4 || type === 7;
  return types.some((type, at) => isScheduling(type) && isScheduling(types[at + 1]));
}

/** The whole record of a generation without its turns: how messages were batched is tolerated. */
function finalHistory(episodes: readonly EpisodeLine[]): readonly unknown[] {
  const events = episodes.at(-1)?.request.history ?? [];
  const told = events.filter(
    (event) => event.EventType !== ORCHESTRATOR_STARTED && event.EventType !== ORCHESTRATOR_COMPLETED,
  );
  return sortAnswers(told).map(({ IsPlayed: _played, ...event }) => normalise(event));
}

/** Answers that arrived in one run are put in order of their task: parallel work may end in any order. */
function sortAnswers(events: readonly HistoryLine[]): HistoryLine[] {
  const sorted: HistoryLine[] = [];
  let run: HistoryLine[] = [];
  const taskOf = (event: HistoryLine): number => Number(event['TaskScheduledId'] ?? event['TimerId']);
  const flush = (): void => {
    sorted.push(...run.sort((a, b) => taskOf(a) - taskOf(b)));
    run = [];
  };
  for (const event of events) {
    if (ANSWERS.has(event.EventType)) run.push(event);
    else {
      flush();
      sorted.push(event);
    }
  }
  flush();
  return sorted;
}

/** Which kinds of events are marked as played, and which never are, over all replayed parts. */
function playedTypes(episodes: readonly EpisodeLine[]): unknown {
  const seen = new Set<string>();
  for (const { request } of episodes) {
    const lastStart = request.history.findLastIndex((event) => event.EventType === ORCHESTRATOR_STARTED);
    const parts = request.history.map(
      (event, at) => `${event.EventType} ${at < lastStart ? 'replayed' : 'new'} ${event.IsPlayed}`,
    );
    for (const part of parts) seen.add(part);
  }
  return [...seen].sort();
}

function compareActivities(recorded: readonly ActivityLine[], local: readonly ActivityLine[]): string[] {
  const lines = (all: readonly ActivityLine[]): unknown[] =>
    all
      .map(activityView)
      .map((view) => JSON.stringify(view))
      .sort();
  return differ('activities', lines(recorded), lines(local));
}

function activityView({ instanceId, functionName, request, response }: ActivityLine): unknown {
  const exception = response?.['exception'] as { message?: string } | undefined;
  const answer =
    response?.['failed'] === true
      ? { failed: exception?.message }
      : normalise(bytesOf(response?.['returnValue'] ?? null));
  const data = request.inputData.map((each) => normalise(each));
  return {
    instanceId: normalise(instanceId),
    functionName,
    data,
    metadata: normalise(request.triggerMetadata),
    answer,
    killed: response === null,
  };
}

/** Recorded bytes are shown as text. */
function bytesOf(value: unknown): unknown {
  const { bytes } = (value ?? {}) as { bytes?: Uint8Array };
  return bytes instanceof Uint8Array ? { bytes: { utf8: Buffer.from(bytes).toString('utf8') } } : value;
}

function compareOutcome(recorded: OutcomeLine, local: LocalRun['outcomes'][number]): string[] {
  const view = (each: Partial<OutcomeLine> | undefined): unknown =>
    each &&
    normalise({
      name: each.name,
      runtimeStatus: each.runtimeStatus,
      ...('output' in recorded ? { output: each.output, customStatus: each.customStatus } : {}),
    });
  const differences = local.map((each) =>
    differ(
      `outcome of ${recorded.instanceId}`,
      view(recorded),
      view(each as Partial<OutcomeLine> | undefined),
    ),
  );
  return (
    differences.find((each) => each.length === 0) ??
    differences[0] ?? [`no outcome of ${recorded.instanceId}`]
  );
}

/** One line per difference, both sides cut to a readable length. */
export function differ(what: string, recorded: unknown, local: unknown): string[] {
  const [a, b] = [JSON.stringify(recorded) ?? 'nothing', JSON.stringify(local) ?? 'nothing'];
  if (a === b) return [];
  let at = 0;
  while (a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 60);
  return [`${what}\n      recorded …${a.slice(from, at + 160)}\n      local    …${b.slice(from, at + 160)}`];
}
