import type { ArmAnswer, ArmCall, ArmClient, ArmReply, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { readRetryAfter } from '../arm/replyFields.ts';
import type { Lane, Pacer } from '../pacer/pacer.ts';

/** What reads outside the step ledger go through: same client, same budgets; nothing is ever written here. */
export interface EstateServices {
  readonly arm: ArmClient;
  readonly pacer: Pacer;
  readonly clock: () => Date;
  readonly newId: () => string;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Azure could not be read now; the message is the service's or the wire's. Trying later may help. */
export class EstateUnreadable extends Error {
  override readonly name = 'EstateUnreadable';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const mostTries = 6;
/** An activity does not sleep longer than this; the flow calls again later. */
const longestPauseSeconds = 60;
const exchangeSeconds = 30;

const laneOf = ({ path, action }: ArmCall): Lane => ({
  subscriptionId: /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase() ?? '',
  kind: 'read',
  action,
});

async function waitForSlot(services: EstateServices, lane: Lane): Promise<void> {
  const slot = await services.pacer.reserve(lane, services.clock());
  if (slot.kind === 'go') return;
  const milliseconds = slot.until.getTime() - services.clock().getTime();
  if (milliseconds > longestPauseSeconds * 1000) {
    throw new EstateUnreadable('BudgetSpent', `The budget of ${lane.action} is spent.`);
  }
  await services.pause(Math.max(0, milliseconds));
}

/** The client reads replies up to a length: asking again gives the same one, asking for less may not. */
const isTooLong = (answer: ArmAnswer): boolean =>
  answer.kind === 'doubtful' && answer.reason.includes('is longer than');

const isPassing = (answer: ArmAnswer): boolean =>
  answer.kind !== 'reply' || answer.reply.status === 429 || answer.reply.status >= 500;

/** Seconds before the next try: as the service says, else growing. */
function pauseSeconds(answer: ArmAnswer, tries: number, now: Date): number {
  const said = answer.kind === 'reply' ? readRetryAfter(answer.reply.headers, now) : undefined;
  return Math.min(said ?? 2 ** tries, longestPauseSeconds);
}

const reasonOf = (answer: ArmAnswer): string =>
  answer.kind === 'reply' ? readFailure(answer.reply).message : answer.reason;

async function exchange(services: EstateServices, send: () => Promise<ArmAnswer>, lane: Lane) {
  await waitForSlot(services, lane);
  const answer = await send();
  if (answer.kind === 'reply') await services.pacer.learn(lane, answer.reply, services.clock());
  return answer;
}

async function untilAnswered(
  services: EstateServices,
  send: () => Promise<ArmAnswer>,
  lane: Lane,
): Promise<ArmReply> {
  for (let tries = 1; ; tries++) {
    const answer = await exchange(services, send, lane);
    if (answer.kind === 'reply' && !isPassing(answer)) return answer.reply;
    if (isTooLong(answer)) throw new EstateUnreadable('ReplyTooLong', reasonOf(answer));
    if (tries === mostTries) {
      throw new EstateUnreadable('EstateUnreadable', `${lane.action}: ${reasonOf(answer)}`);
    }
    await services.pause(pauseSeconds(answer, tries, services.clock()) * 1000);
  }
}

const optionsOf = ({ newId, clock }: EstateServices) => ({
  clientRequestId: newId(),
  deadlineAt: new Date(clock().getTime() + exchangeSeconds * 1000),
});

/**
 * Sends one read and answers the reply, whatever its status below 500; 429, 5xx and lost connections are tried again.
 *
 * @throws EstateUnreadable when six tries gave no answer, or the budget is spent for longer than a minute.
 */
export const askArm = (services: EstateServices, call: ArmCall): Promise<ArmReply> =>
  untilAnswered(services, () => services.arm.send(call, optionsOf(services)), laneOf(call));

/** The page that a reply of {@link askArm} names; the URL gate checks it. @throws EstateUnreadable, UrlRefused */
export const askNextPage = (services: EstateServices, call: ArmCall, url: string): Promise<ArmReply> =>
  untilAnswered(
    services,
    () =>
      services.arm.followUrl(
        url,
        { kind: 'nextLink', action: call.action, path: call.path },
        optionsOf(services),
      ),
    laneOf(call),
  );

/** Pages of one list: more is a circle. */
const mostPages = 1000;

function checked(reply: ArmReply, action: string): ArmReply {
  if (reply.status === 200) return reply;
  const { code, message } = readFailure(reply);
  throw new EstateUnreadable(code, `${action}: ${message}`);
}

/**
 * The pages of a list, each when it is asked for, to the last.
 *
 * @throws EstateUnreadable for any status but 200, a page that comes twice, and pages without end.
 */
export async function* askPages(services: EstateServices, call: ArmCall): AsyncGenerator<ArmReply, void> {
  const seen = new Set<string>();
  let reply = checked(await askArm(services, call), call.action);
  for (;;) {
    yield reply;
    const next = (reply.body as JsonObject | undefined)?.['nextLink'];
    if (typeof next !== 'string' || next === '') return;
    if (seen.has(next) || seen.size === mostPages) {
      throw new EstateUnreadable('ListEndless', `${call.action}: the list does not come to an end.`);
    }
    seen.add(next);
    reply = checked(await askNextPage(services, call, next), call.action);
  }
}
