import { compareReply } from './compareReply.ts';
import { playConversation } from './conversationPlayer.ts';
import { keys, type OfficialWorld } from './officialWorld.ts';
import type { Conversation, Exchange } from './recordings.ts';

const BASE = '/runtime/webhooks/durabletask';
const SETTLE_MS = 3_000;
const LIMIT_MS = 60_000;

/** Plays one recorded exchange and compares the reply; first makes sure the instance it speaks of is there. */
export async function playExchange(
  world: OfficialWorld,
  exchange: Exchange,
  conversations: readonly Conversation[],
): Promise<readonly string[]> {
  await prepare(world, exchange, conversations);
  const isAdmin = exchange.path.startsWith('/admin');
  const headers = Object.entries(exchange.requestHeaders ?? {}).map(([name, value]) => [
    name,
    value === 'KEY (master)' || (isAdmin && value === 'KEY') ? keys.master : value,
  ]);
  // Exchanges of which only the outcome was kept show no headers; all of them were sent as JSON.
  const json = exchange.partial && exchange.requestBody ? { 'content-type': 'application/json' } : {};
  const reply = await world.call({
    method: exchange.method,
    path: exchange.path,
    headers: { host: 'localhost:7071', ...json, ...(Object.fromEntries(headers) as Record<string, string>) },
    ...(exchange.requestBody === null || exchange.requestBody === '' ? {} : { body: exchange.requestBody }),
  });
  await world.clock.runFor(SETTLE_MS);
  return compareReply(exchange, reply);
}

/** The instance an exchange is about; undefined for starts, lists and everything else. */
function subjectOf({ path }: Exchange): string | undefined {
  const match =
    /\/instances\/([^/?]+)/.exec(path) ??
    /\/api\/client\/(?!payload|read|signal)[a-zA-Z]+\/([^/?]+)/.exec(path);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
}

async function prepare(
  world: OfficialWorld,
  exchange: Exchange,
  conversations: readonly Conversation[],
): Promise<void> {
  const needed = /status (\w+) already exists/.exec(exchange.body ?? '')?.[1];
  if (needed === 'Suspended') return prepareSuspended(world, exchange);
  if (exchange.method === 'DELETE' && exchange.status === 200 && exchange.path.includes('/instances/?'))
    return prepareBoth(world);
  const id = subjectOf(exchange);
  const isAbsent =
    exchange.status === 404 || exchange.status === 401 || /missing|purged/.test(exchange.label);
  if (id === undefined || isAbsent || (await world.status(id))) return;
  const conversation = conversations.find((each) => each.instances.includes(id));
  if (conversation) {
    await playConversation(world, conversation);
    return;
  }
  const shown = shownStatus(exchange);
  const isFinished = /purge|ended/.test(exchange.label) && exchange.status < 300;
  const name = shown?.name ?? (isFinished ? 'child' : 'approval');
  const input = shown ? shown.input : isFinished ? { v: 1 } : 600_000;
  await begin(world, name, id, input);
  if (isFinished || /Completed|Failed/.test(shown?.runtimeStatus ?? '')) await untilFinished(world, id);
}

async function begin(world: OfficialWorld, name: string, id: string, input: unknown): Promise<void> {
  await world.call({
    method: 'POST',
    path: `${BASE}/orchestrators/${name}/${encodeURIComponent(id)}?code=KEY`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  await world.clock.runFor(SETTLE_MS);
}

/** A purge by filter was recorded with one running and one completed instance. */
async function prepareBoth(world: OfficialWorld): Promise<void> {
  await begin(world, 'approval', 'one-running', 600_000);
  await begin(world, 'child', 'one-completed', { v: 1 });
  await begin(world, 'child', 'one-failed', { v: -1 });
}

async function prepareSuspended(world: OfficialWorld, { path }: Exchange): Promise<void> {
  const id = /\/orchestrators\/[^/]+\/([^/?]+)/.exec(path)?.[1] ?? '';
  await begin(world, 'approval', id, 600_000);
  await world.call({ method: 'POST', path: `${BASE}/instances/${id}/suspend?code=KEY` });
  await world.clock.runFor(SETTLE_MS);
}

interface ShownStatus {
  readonly name: string;
  readonly input: unknown;
  readonly runtimeStatus: string;
}

function shownStatus({ body }: Exchange): ShownStatus | undefined {
  if (body === null || !body.includes('"runtimeStatus"')) return undefined;
  const shown = JSON.parse(body) as ShownStatus | readonly ShownStatus[];
  return 'name' in shown ? shown : undefined;
}

async function untilFinished(world: OfficialWorld, id: string): Promise<void> {
  const limitAt = world.clock.now() + LIMIT_MS;
  while (world.clock.now() < limitAt) {
    const status = await world.status(id);
    if (/Completed|Failed|Terminated/.test(String(status?.['runtimeStatus']))) return;
    await world.clock.runFor(SETTLE_MS);
  }
}
