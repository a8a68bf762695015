import type { HostReply } from '../../../local/functions-host/durableExtension.ts';
import { differ } from './compareConversation.ts';
import { normalise, shapeOf } from './normalise.ts';
import type { Exchange } from './recordings.ts';

/** Differences between a recorded exchange and a local reply: status, listed headers, kinds and keys of the body. */
export function compareReply(recorded: Exchange, local: HostReply): readonly string[] {
  const status = differ('status', recorded.status, local.status);
  const headers = Object.entries(recorded.headers).flatMap(([name, value]) =>
    differ(`header ${name}`, headerView(name, value), headerView(name, headerOf(local, name))),
  );
  return [...status, ...headers, ...(recorded.body === null ? [] : compareBody(recorded.body, local))];
}

function headerOf(reply: HostReply, name: string): string | undefined {
  const value = Object.entries(reply.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return value === undefined || typeof value === 'string' ? value : value.at(-1);
}

// What a token or a place names belongs to the run; that there is one belongs to the protocol.
const headerView = (name: string, value: string | undefined): unknown =>
  name === 'x-ms-continuation-token'
    ? value !== undefined
    : normalise(value)
        ?.toString()
        .replace(/code=[^&]*/, 'code=KEY');

function compareBody(recorded: string, local: HostReply): string[] {
  const ours = local.body === undefined ? '' : Buffer.from(local.body).toString('utf8');
  const [a, b] = [parsed(recorded), parsed(ours)];
  if (Array.isArray(a) && Array.isArray(b) && a.every(isStatus)) return differ('list', keysOf(a), keysOf(b));
  // A recorded list may be an extract: each of its elements must be there, under its name.
  if (Array.isArray(a) && Array.isArray(b))
    return a.flatMap((each) =>
      differ(
        `element ${nameOf(each)}`,
        shapeOf(each),
        shapeOf(b.find((one) => nameOf(one) === nameOf(each))),
      ),
    );
  return differ('body', bodyShape(a), bodyShape(b));
}

const nameOf = (element: unknown): string => String((element as { name?: unknown } | null)?.name);

const isStatus = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'runtimeStatus' in value;

const keysOf = (list: readonly unknown[]): unknown =>
  [...new Set(list.map((each) => JSON.stringify(Object.keys(each as object).sort())))].sort();

/** Histories keep the order of their events; everything else is reduced to kinds and keys. */
function bodyShape(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('historyEvents' in body)) return shapeOf(body);
  const { historyEvents, ...rest } = body as { historyEvents: readonly Record<string, unknown>[] };
  return {
    ...(shapeOf(rest) as object),
    historyEvents: historyEvents.map((event) => ({ is: event['EventType'], ...(shapeOf(event) as object) })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === '' ? 'empty' : text;
  }
}
