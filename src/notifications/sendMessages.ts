import type { Table } from '../storage/table.ts';
import { dueMessages, markSent, postpone, signatureOf, type Waiting } from './outbox.ts';

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
  readonly post: PostMessage;
  readonly print: (line: string) => void;
}

/** Failures after which a person is told, once each. */
const alertAtTries = 8;
/** Messages sent together. */
const atOnce = 4;

async function deliver(services: NotificationServices, { message }: Waiting): Promise<string | undefined> {
  const body = JSON.stringify(message);
  const { webhook } = services;
  if (!webhook) {
    services.print(`NOTIFICATION ${body}`);
    return undefined;
  }
  const sentAt = services.clock().toISOString();
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'x-backup-time': sentAt,
    ...(webhook.key === undefined ? {} : { 'x-backup-signature': signatureOf(webhook.key, sentAt, body) }),
  };
  try {
    const status = await services.post(webhook.url, headers, body);
    return status >= 200 && status < 300 ? undefined : `the webhook answered ${status}`;
  } catch {
    return 'the webhook could not be reached';
  }
}

async function sendOne(services: NotificationServices, waiting: Waiting): Promise<boolean> {
  const obstacle = await deliver(services, waiting);
  if (obstacle === undefined) {
    await markSent(services.outbox, waiting, services.clock());
    return true;
  }
  await postpone(services.outbox, waiting, services.clock());
  const line = `Notification ${waiting.message.id} waits: ${obstacle}, try ${waiting.tries + 1}.`;
  services.print(waiting.tries + 1 === alertAtTries ? `ALERT ${line}` : line);
  return false;
}

/**
 * Sends what is due. Runs never wait for it: a webhook that is down delays messages and nothing else.
 *
 * @returns how many have arrived.
 */
export async function sendMessages(services: NotificationServices): Promise<number> {
  const due = await dueMessages(services.outbox, services.clock());
  let arrived = 0;
  for (let begin = 0; begin < due.length; begin += atOnce) {
    const some = await Promise.all(due.slice(begin, begin + atOnce).map((one) => sendOne(services, one)));
    arrived += some.filter(Boolean).length;
    // A receiver that is down is not asked a hundred times in a row.
    if (some.every((one) => !one)) break;
  }
  return arrived;
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
