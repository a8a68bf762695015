import type { OfficialWorld } from './officialWorld.ts';
import type { Conversation, Step } from './recordings.ts';

const BASE = '/runtime/webhooks/durabletask';
const LIMIT_MS = 1_800_000;
const PAUSE_MS = 300;
const RESTART_MS = 4_000;

/** What an instance was at the end of an `until`. */
export interface Sighting {
  readonly id: string;
  readonly status: Record<string, unknown> | undefined;
}

/**
 * Plays the steps of a conversation; an `until` that is never reached ends after half a virtual hour.
 *
 * @returns what each `until finished` saw, in order.
 */
export async function playConversation(
  world: OfficialWorld,
  conversation: Conversation,
): Promise<readonly Sighting[]> {
  const sightings: Sighting[] = [];
  for (const step of conversation.steps) {
    await playStep(world, step);
    if (step.do === 'until' && step.status === 'finished' && step.id !== undefined)
      sightings.push({ id: step.id, status: await world.status(step.id) });
  }
  return sightings;
}

async function playStep(world: OfficialWorld, step: Step): Promise<void> {
  const id = encodeURIComponent(step.id ?? '');
  switch (step.do) {
    case 'start':
      return post(world, `orchestrators/${step.function ?? ''}/${id}`, JSON.stringify(expand(step.input)));
    case 'raise':
      await post(world, `instances/${id}/raiseEvent/${step.event ?? ''}`, JSON.stringify(step.data ?? null));
      return;
    case 'suspend':
    case 'resume':
    case 'terminate':
    case 'rewind':
      return post(
        world,
        `instances/${id}/${step.do}${step.reason === undefined ? '' : `?reason=${step.reason}`}`,
      );
    case 'until':
      return until(world, step);
    case 'sleep':
      return world.clock.runFor(step.ms ?? 0);
    case 'parallel':
      await Promise.all((step.steps ?? []).map((each) => playStep(world, each)));
      return;
    case 'killHost':
      return world.kill();
    case 'stopHost':
      return world.stop();
    case 'startHost':
      await world.clock.runFor(RESTART_MS);
      return world.start();
    default:
      return;
  }
}

async function post(world: OfficialWorld, path: string, body?: string): Promise<void> {
  await world.call({
    method: 'POST',
    path: `${BASE}/${path}${path.includes('?') ? '&' : '?'}code=KEY`,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
}

async function until(world: OfficialWorld, step: Step): Promise<void> {
  const isReached = (status: unknown): boolean =>
    step.status === 'finished' ? /Completed|Failed|Terminated/.test(String(status)) : status === step.status;
  const limitAt = world.clock.now() + LIMIT_MS;
  while (world.clock.now() < limitAt) {
    const status = await world.status(step.id ?? '');
    if (isReached(status?.['runtimeStatus'])) break;
    await world.clock.runFor(PAUSE_MS);
  }
  if (step.status !== 'finished') await world.clock.runFor(PAUSE_MS);
}

/** Long strings are written `{ "$repeat": "y", "times": n }`. */
function expand(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(expand);
  const { $repeat: text, times } = value as { $repeat?: string; times?: number };
  if (text !== undefined) return text.repeat(times ?? 1);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expand(each)]));
}
