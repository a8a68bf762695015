import type { Table } from '../storage/table.ts';
import { postingOf, type Channel } from './channels.ts';
import { claim, dueMessages, markSent, postpone, type Waiting } from './outbox.ts';

/** Posts a body and tells the status; throws when the receiver cannot be reached. */
export type PostMessage = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<number>;

/** What messages are sent with. */
export interface NotificationServices {
  readonly clock: () => Date;
  /** Messages: partition = `pending` or `sent`, row key = notification id. */
  readonly outbox: Table;
  /** Absent: messages are printed. */
  readonly webhook?: { readonly url: string; readonly key?: string };
  /** The plan's channels with the addresses that settings name; a text says what is missing, undefined that the plan has none. */
  readonly channelOf?: (name: string) => Channel | string | undefined;
  readonly post: PostMessage;
  readonly print: (line: string) => void;
  /** Tells a person that something does not arrive. */
  readonly alert: (message: string) => void;
}

/** Failures after which a person is told, once each. */
const alertAtTries = 8;
/** Messages sent together. */
const atOnce = 4;

async function postTo(
  { post, clock }: NotificationServices,
  channel: Channel,
  { message }: Waiting,
): Promise<string | undefined> {
  const { headers, body } = postingOf(message, channel, clock().toISOString());
  try {
    const status = await post(channel.url, headers, body);
    return status >= 200 && status < 300 ? undefined : `the webhook answered ${status}`;
  } catch {
    return 'the webhook could not be reached';
  }
}

/** What keeps a message from arriving; undefined when it has arrived, or has nowhere to go. */
async function deliver(services: NotificationServices, waiting: Waiting): Promise<string | undefined> {
  const { webhook, channelOf, print } = services;
  if (waiting.channel === undefined) {
    if (!webhook) return void print(`NOTIFICATION ${JSON.stringify(waiting.message)}`);
    const { url, key } = webhook;
    return postTo(services, { kind: 'cloudEvents', url, ...(key !== undefined && { secret: key }) }, waiting);
  }
  const channel = channelOf?.(waiting.channel);
  if (channel === undefined) {
    return void services.alert(
      `Notification ${waiting.message.id} is dropped: the plan has no channel "${waiting.channel}".`,
    );
  }
  return typeof channel === 'string' ? channel : postTo(services, channel, waiting);
}

type Fate = 'arrived' | 'waits' | 'elsewhere';

async function sendOne(services: NotificationServices, due: Waiting): Promise<Fate> {
  const waiting = await claim(services.outbox, due, services.clock());
  if (!waiting) return 'elsewhere';
  const obstacle = await deliver(services, waiting);
  if (obstacle === undefined) {
    await markSent(services.outbox, waiting, services.clock());
    return 'arrived';
  }
  await postpone(services.outbox, waiting, services.clock());
  const line = `Notification ${waiting.message.id} waits: ${obstacle}, try ${waiting.tries + 1}.`;
  (waiting.tries + 1 === alertAtTries ? services.alert : services.print)(line);
  return 'waits';
}

async function sendAll(services: NotificationServices, due: readonly Waiting[]): Promise<number> {
  let arrived = 0;
  for (let begin = 0; begin < due.length; begin += atOnce) {
    const some = await Promise.all(due.slice(begin, begin + atOnce).map((one) => sendOne(services, one)));
    arrived += some.filter((fate) => fate === 'arrived').length;
    // A receiver that is down is not asked a hundred times in a row.
    if (some.every((fate) => fate === 'waits')) break;
  }
  return arrived;
}

/**
 * Sends what is due, each channel by itself. Runs never wait for it: a webhook that is down delays its own messages and
 * nothing else.
 *
 * @returns how many have arrived.
 */
export async function sendMessages(services: NotificationServices): Promise<number> {
  const due = await dueMessages(services.outbox, services.clock());
  const arrived = await Promise.all(due.map((some) => sendAll(services, some)));
  return arrived.reduce((sum, count) => sum + count, 0);
}

const longestPostMs = 20_000;

/** Posts over https; a redirect is not followed: the body goes to the configured address alone. */
export const postMessage: PostMessage = async (url, headers, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), longestPostMs);
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: abort.signal,
    });
    await reply.body?.cancel();
    return reply.status;
  } finally {
    clearTimeout(timer);
  }
};
