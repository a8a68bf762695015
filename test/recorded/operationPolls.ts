import type { ArmReply } from '../../src/arm/call.ts';
import { addressOf } from './address.ts';
import { textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';
import { pollOf, type Family } from './recordedReplies.ts';

/** The recorded polls of one operation, of one family. */
export interface Polls {
  readonly family: Family;
  readonly replies: readonly Exchange[];
}

const usualWaitSeconds = 60;

/** Whether two replies say that the same work still runs. */
const samePause = (a: ArmReply, b: ArmReply): boolean => {
  const word = ({ body }: ArmReply) => textAt(body, 'status') ?? textAt(body, 'properties', 'status');
  return a.status === b.status && word(a) === word(b);
};

/** Without dates so many replies stand for any number that say the same. */
const mostUndated = 10;

/**
 * The replies that a client would meet which waits as the service asks: a recorder's tool may poll every second.
 * Of replies that say the same, one per pause is left; changes, errors and the last reply all stay.
 */
export function atOurBeat(polls: readonly Exchange[]): readonly Exchange[] {
  const kept: Exchange[] = [];
  let alike = 0;
  for (const [at, poll] of polls.entries()) {
    const [last, next] = [kept.at(-1), polls[at + 1]];
    const isAlike = last !== undefined && samePause(last.reply, poll.reply);
    const isLastAlike = !next || !samePause(poll.reply, next.reply);
    alike = isAlike ? alike + 1 : 0;
    if (!isAlike || isLastAlike || isAfterPause(last, poll, alike)) kept.push(poll);
  }
  return kept;
}

/** Whether our client would have asked again by then; `alike` counts the replies that say the same. */
function isAfterPause(last: Exchange, poll: Exchange, alike: number): boolean {
  const [from, to] = [last, poll].map(({ reply }) => Date.parse(reply.headers['date'] ?? ''));
  const seconds = ((to ?? NaN) - (from ?? NaN)) / 1000;
  if (Number.isNaN(seconds)) return alike < mostUndated;
  return seconds >= (Number(last.reply.headers['retry-after']) || usualWaitSeconds);
}

/** The polls of an operation: of the family asked for, else of the other; no replies when neither was recorded. */
export function pollsOf(exchanges: readonly Exchange[], id: string, wanted: Family): Polls {
  const ofFamily = (family: Family): Polls => ({
    family,
    replies: atOurBeat(
      exchanges.filter(({ method, url }) => {
        const { operation } = addressOf(url);
        return method === 'GET' && operation?.id === id && operation.family === family;
      }),
    ),
  });
  const polls = ofFamily(wanted);
  return polls.replies.length > 0 ? polls : ofFamily(wanted === 'status' ? 'result' : 'status');
}

/** A poll of one family as the other would have answered it. */
export function translated(reply: ArmReply, from: Family, wanted: Family): ArmReply {
  if (from === wanted || reply.status >= 300) return reply;
  const { kind } = pollOf(reply, from);
  const headers = { 'content-type': 'application/json' };
  if (wanted === 'result') {
    if (kind === 'running') return { status: 202, headers, body: undefined };
    return kind === 'succeeded' ? { status: 200, headers, body: {} } : reply;
  }
  const status = kind === 'running' ? 'InProgress' : 'Succeeded';
  return { status: 200, headers, body: { status } };
}

/** How the recorded polls of an operation ended; undefined when none was recorded. */
export function endingOfPolls(exchanges: readonly Exchange[], id: string) {
  const { family, replies } = pollsOf(exchanges, id, 'status');
  const last = replies.at(-1);
  return last && { poll: pollOf(last.reply, family), body: last.reply.body };
}
