import type { Failure, Json, JsonObject } from '../../src/arm/call.ts';
import {
  readAcceptance,
  readPoll,
  type Acceptance,
  type Follow,
  type PollReading,
} from '../../src/arm/longRunning.ts';
import { meaningOf, readErrorIn, readFailure } from '../../src/arm/outcomes.ts';
import { checkUrl } from '../../src/arm/urlGate.ts';
import type { Exchange } from './readExchanges.ts';
import { begunBy, pollOf } from './recordedReplies.ts';

/** What the client's rules make of one reply. */
export type Ruling =
  /** `as` is for the listing; `unknownCode` a code that only the defaults by status know. */
  | { readonly kind: 'classified'; readonly as: string; readonly unknownCode?: string }
  | { readonly kind: 'unclassified'; readonly reason: string }
  /** Not an answer of ARM: a token endpoint, a storage service. */
  | { readonly kind: 'foreign' };

/** The poll URLs that replies of one recording have named so far: path in lower case → how it is read. */
export type KnownPolls = Map<string, Follow>;

const classified = (as: string): Ruling => ({ kind: 'classified', as });
const unclassified = (reason: string): Ruling => ({ kind: 'unclassified', reason });

/** Judges one reply as the client, the executor and the poll reader would, and remembers the poll URLs it names. */
export function judge(exchange: Exchange, polls: KnownPolls): Ruling {
  try {
    return judgeReply(exchange, polls);
  } catch (error) {
    return unclassified(`threw ${String(error)}`);
  }
}

const pathOf = (url: string): string => new URL(url).pathname.toLowerCase();
const isArm = (path: string): boolean => /^\/(?:subscriptions|providers|tenants)(?:\/|$)/.test(path);

function judgeReply(exchange: Exchange, polls: KnownPolls): Ruling {
  const { method, url, reply, unreadableBody } = exchange;
  const path = pathOf(url);
  if (!isArm(path)) return { kind: 'foreign' };
  const { status } = reply;
  if (status < 200 || (status >= 300 && status < 400))
    return unclassified(`HTTP ${status} is never followed`);
  if (unreadableBody !== undefined && status < 300) return unclassified('a success that is not JSON');
  if (method !== 'GET' && method !== 'HEAD') return judgeWrite(exchange, polls);
  if (!exchange.isBodyRecorded && status === 200) return classified('body not recorded');
  const which = polls.get(path) ?? pollKindOf(path);
  if (which) return judgePoll(exchange, which);
  return status >= 400 ? judgeFailure(exchange, 'refused') : judgeRead(exchange);
}

/** Told by the collection that holds the operation, where the reply that named the URL is not in the recording. */
function pollKindOf(path: string): Follow | undefined {
  const collection = path.split('/').at(-2) ?? '';
  if (/^(?:operationresults|backupoperationresults)$/.test(collection)) return 'result';
  return /^(?:operationsstatus|operationstatus|operationstatuses|backupoperations|asyncoperations)$/.test(
    collection,
  )
    ? 'status'
    : undefined;
}

function judgeWrite(exchange: Exchange, polls: KnownPolls): Ruling {
  const { method, reply } = exchange;
  if (reply.status >= 400) return judgeFailure(exchange, `${method} refused`);
  const acceptances = [readAcceptance(reply, 'status'), readAcceptance(reply, 'result')];
  const refusal = acceptances.map((one) => gateRefusal(one, exchange)).find((one) => one !== undefined);
  if (refusal) return unclassified(refusal);
  for (const one of acceptances) remember(one, polls, exchange.url);
  const [acceptance] = acceptances;
  if (acceptance?.kind === 'lost') return unclassified(acceptance.failure.message);
  const begun = begunBy(reply);
  const id = acceptance?.kind === 'running' ? acceptance.operationId?.toLowerCase() : undefined;
  if (id !== (begun.kind === 'operation' ? begun.id : undefined))
    return unclassified(`read as ${id ?? 'finished'}, the reply says ${JSON.stringify(begun)}`);
  return classified(`${method} ${reply.status} ${acceptance?.kind ?? ''}`);
}

function gateRefusal(acceptance: Acceptance, { url }: Exchange): string | undefined {
  return acceptance.kind === 'running' ? urlRefusal(acceptance.pollUrl, 'poll', url) : undefined;
}

function urlRefusal(text: string, kind: 'poll' | 'nextLink', requestUrl: string): string | undefined {
  const { origin, pathname } = new URL(requestUrl);
  try {
    checkUrl(text, { kind, action: 'recorded', path: pathname }, origin);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function remember(acceptance: Acceptance, polls: KnownPolls, requestUrl: string): void {
  if (acceptance.kind !== 'running') return;
  polls.set(pathOf(new URL(acceptance.pollUrl, requestUrl).href), acceptance.which);
}

/** What the reply says, read without the client's rules. */
function otherwiseRead({ reply }: Exchange, which: Follow, reading: PollReading): string | undefined {
  const own = pollOf(reply, which);
  const kind = own.kind === 'silent' ? 'unreadable' : own.kind;
  if (kind !== reading.kind) return `read as ${reading.kind}, the reply says ${kind}`;
  const [code, said] = [reading.kind === 'failed' && reading.failure.code, own.kind === 'failed' && own.code];
  return code === said ? undefined : `read as ${code}, the reply says ${said}`;
}

function judgePoll(exchange: Exchange, which: Follow): Ruling {
  const reading = readPoll(exchange.reply, which);
  const otherwise = otherwiseRead(exchange, which, reading);
  if (otherwise !== undefined) return unclassified(otherwise);
  switch (reading.kind) {
    case 'running':
      return exchange.reply.status === 200 && reading.status === undefined
        ? unclassified('a status document without a status')
        : classified(`${which} poll: running (${reading.status ?? exchange.reply.status})`);
    case 'succeeded':
      return classified(`${which} poll: succeeded (${reading.status ?? exchange.reply.status})`);
    case 'failed':
      return ofFailure(reading.failure, `${which} poll: failed`, exchange);
    case 'unreadable':
      return ofFailure(reading.failure, `${which} poll: unreadable`, exchange);
  }
}

const judgeFailure = (exchange: Exchange, what: string): Ruling =>
  ofFailure(readFailure(exchange.reply, exchange.method), what, exchange);

/** A body in none of the four shapes shows in its code: the status in place of the service's own. */
function ofFailure(failure: Failure, what: string, { reply }: Exchange): Ruling {
  const isShapeless =
    failure.code.startsWith('HTTP_') && reply.body !== undefined && !isEmptyObject(reply.body);
  if (isShapeless) return unclassified(`HTTP ${reply.status} in none of the known shapes of an error`);
  const as = `${what}: ${failure.class ?? 'no class'} (${reply.status} ${failure.code})`;
  const isKnown = meaningOf(failure.code, failure.message) !== undefined;
  return {
    kind: 'classified',
    as,
    ...(isKnown || failure.code.startsWith('HTTP_') ? {} : { unknownCode: failure.code }),
  };
}

const isEmptyObject = (body: Json): boolean =>
  typeof body === 'object' && body !== null && Object.keys(body).length === 0;

function judgeRead({ method, url, reply }: Exchange): Ruling {
  const { status, body } = reply;
  if (status === 202) return unclassified('a 202 to a GET that is no poll');
  if (status === 204 || method === 'HEAD') return classified(`${method} ${status}`);
  if (typeof body !== 'object' || body === null) return unclassified('a GET without a JSON object');
  const { value, nextLink, properties } = body as JsonObject;
  if (typeof nextLink === 'string' && nextLink !== '') {
    const refusal = urlRefusal(nextLink, 'nextLink', url);
    if (refusal) return unclassified(refusal);
  }
  return Array.isArray(value) ? classified('list') : classified(`resource${troubleIn(properties)}`);
}

/** Errors that a resource carries: a job's details, an instance's protection error. */
function troubleIn(properties: Json | undefined): string {
  const { errorDetails, protectionErrorDetails } = (properties ?? {}) as JsonObject;
  const failure = readErrorIn(errorDetails) ?? readErrorIn(protectionErrorDetails);
  return failure ? ` with error: ${failure.class ?? 'no class'} (${failure.code})` : '';
}
