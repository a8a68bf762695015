import type { Conversation, Step } from './recordings.ts';

const startedBy = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => [
    ...(step.do === 'start' && step.id !== undefined ? [step.id] : []),
    ...startedBy(step.steps ?? []),
  ]);

const firstAt = (conversation: Conversation, id: string): string =>
  conversation.episodes.find((episode) => episode.instanceId === id)?.at ?? '';

/** Conversations whose instances this one starts over: they were recorded before it and have to be played before it. */
export function preconditionsOf(
  conversation: Conversation,
  all: readonly Conversation[],
): readonly Conversation[] {
  const own = new Set(startedBy(conversation.steps));
  return all.filter(
    (other) =>
      other !== conversation &&
      startedBy(other.steps).some((id) => own.has(id) && firstAt(other, id) < firstAt(conversation, id)),
  );
}
