import type { ArmAnswer, ArmCall, Json, JsonObject, SendOptions } from '../arm/call.ts';
import type { Lane, Slot } from '../pacer/pacer.ts';
import type { StepServices } from './stepServices.ts';

/** What an exchange with ARM needs. */
export type ExchangeServices = Pick<StepServices, 'clock' | 'arm' | 'pacer' | 'log'>;

/** One exchange with ARM, or one per page of a list, and how many requests it took. */
export interface Exchange {
  readonly answer: ArmAnswer;
  readonly requests: number;
}

/** Pages of one list that are read at most. */
const mostPages = 1000;

const kinds: Readonly<Record<string, Lane['kind']>> = { GET: 'read', DELETE: 'delete' };

/** The budget a call draws on. */
export const laneOf = ({ method, path, action }: Pick<ArmCall, 'method' | 'path' | 'action'>): Lane => ({
  subscriptionId: /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase() ?? '',
  kind: kinds[method] ?? 'write',
  action,
});

/** Reserves a slot for a call. */
export const reserve = (services: ExchangeServices, call: ArmCall): Promise<Slot> =>
  services.pacer.reserve(laneOf(call), services.clock());

/**
 * A slot for a call that may have one already: the kept one, unless what was learnt since has pushed it back.
 *
 * @param keptAt what {@link ticketOf} gave when the slot was reserved, ISO 8601 UTC; undefined reserves a new one.
 */
export async function slotFor(
  services: ExchangeServices,
  call: ArmCall,
  keptAt: string | undefined,
): Promise<Slot> {
  if (keptAt === undefined) return reserve(services, call);
  const [ticket, now] = [new Date(keptAt), services.clock()];
  const { pacer } = services;
  if (pacer.confirm) return pacer.confirm(laneOf(call), ticket, now);
  // A timer may fire a second early.
  return ticket.getTime() <= now.getTime() + 1000 ? { kind: 'go' } : { kind: 'wait', until: ticket };
}

/** What to keep of a slot that must be waited for; undefined when nothing was reserved. */
export const ticketOf = (slot: Extract<Slot, { kind: 'wait' }>): Date | undefined =>
  slot.reserved === false ? undefined : (slot.ticket ?? slot.until);

/** Tells the pacer what a reply says about the budget; a pacer that fails stops nothing. */
export async function learn(services: ExchangeServices, lane: Lane, answer: ArmAnswer): Promise<void> {
  if (answer.kind !== 'reply') return;
  try {
    await services.pacer.learn(lane, answer.reply, services.clock());
  } catch (error) {
    services.log('warning', `The pacer has not learnt from a reply: ${String(error)}`, {
      action: lane.action,
    });
  }
}

/** Sends one call and lets the pacer learn from the reply. */
export async function sendCall(
  services: ExchangeServices,
  call: ArmCall,
  options: SendOptions,
): Promise<Exchange> {
  const answer = await services.arm.send(call, options);
  await learn(services, laneOf(call), answer);
  return { answer, requests: 1 };
}

/** The rows of a list's page; undefined for what is no list. */
export const rowsIn = (body: Json | undefined): readonly Json[] | undefined => {
  const value = (body as JsonObject | null | undefined)?.['value'];
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
};

/** The URL of the next page; undefined on the last. */
export const nextLinkIn = (body: Json | undefined): string | undefined => {
  const link = (body as JsonObject | null | undefined)?.['nextLink'];
  return typeof link === 'string' && link !== '' ? link : undefined;
};

const succeeded = (answer: ArmAnswer): boolean =>
  answer.kind === 'reply' && answer.reply.status >= 200 && answer.reply.status < 300;

/** A list of exactly this many rows without a next link has been seen cut (azure-sdk-for-js#7630). */
export const cutAt = 400;

/** Whether a list may have been cut silently: absence from it says nothing. */
export const mayBeCut = ({ answer, requests }: Exchange): boolean =>
  requests === 1 && answer.kind === 'reply' && rowsIn(answer.reply.body)?.length === cutAt;

/** Whether the URL gate refused: nothing has been sent then. */
export const isUrlRefused = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'UrlRefused';

/** An incomplete list says nothing about absence, so it is never read as a list. */
const incomplete = (reason: string): ArmAnswer => ({ kind: 'doubtful', reason });

/** Reads the next page of a list; a URL that may not be followed makes the list incomplete. */
export async function nextPage(
  services: ExchangeServices,
  call: ArmCall,
  url: string,
  options: SendOptions,
): Promise<ArmAnswer> {
  const lane = laneOf(call);
  // Reserved so that the budget counts the page; a list once begun is read to its end.
  await services.pacer.reserve(lane, services.clock());
  try {
    const origin = { kind: 'nextLink', action: call.action, path: call.path } as const;
    const answer = await services.arm.followUrl(url, origin, options);
    await learn(services, lane, answer);
    return answer;
  } catch (error) {
    if (!isUrlRefused(error)) throw error;
    services.log({ alert: 'refusedUrl' }, `A nextLink was refused: ${String(error)}`, {
      action: call.action,
    });
    return incomplete('The list names a next page that may not be followed.');
  }
}

/**
 * Reads a list to its last page; what is no list is answered as it came.
 *
 * @returns one reply whose body is `{ value: all rows }`; the first answer that is no success ends the list.
 */
export async function readAllPages(
  services: ExchangeServices,
  call: ArmCall,
  options: SendOptions,
): Promise<Exchange> {
  let { answer, requests } = await sendCall(services, call, options);
  const [rows, seen]: [Json[], Set<string>] = [[], new Set()];
  while (succeeded(answer) && answer.kind === 'reply') {
    const found = rowsIn(answer.reply.body);
    if (!found) return { answer, requests };
    rows.push(...found);
    const url = nextLinkIn(answer.reply.body);
    if (url === undefined)
      return { answer: { kind: 'reply', reply: { ...answer.reply, body: { value: rows } } }, requests };
    if (seen.has(url) || seen.size + 1 >= mostPages)
      return { answer: incomplete('The list does not end.'), requests };
    if (services.clock() >= options.deadlineAt)
      return { answer: incomplete('The list took too long.'), requests };
    seen.add(url);
    answer = await nextPage(services, call, url, options);
    requests += 1;
  }
  return { answer, requests };
}
