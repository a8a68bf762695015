import type { ArmReply } from '../../src/arm/call.ts';
import { readPoll, type Follow } from '../../src/arm/longRunning.ts';
import { addressOf } from './address.ts';
import type { Exchange } from './readExchanges.ts';

/** The recorded polls of one operation, of one family. */
export interface Polls {
  readonly family: Follow;
  readonly replies: readonly Exchange[];
}

/** The polls of an operation: of the family asked for, else of the other; no replies when neither was recorded. */
export function pollsOf(exchanges: readonly Exchange[], id: string, wanted: Follow): Polls {
  const ofFamily = (family: Follow): Polls => ({
    family,
    replies: exchanges.filter(({ method, url }) => {
      const { operation } = addressOf(url);
      return method === 'GET' && operation?.id === id && operation.family === family;
    }),
  });
  const polls = ofFamily(wanted);
  return polls.replies.length > 0 ? polls : ofFamily(wanted === 'status' ? 'result' : 'status');
}

/** A poll of one family as the other would have answered it. */
export function translated(reply: ArmReply, from: Follow, wanted: Follow): ArmReply {
  if (from === wanted || reply.status >= 300) return reply;
  const reading = readPoll(reply, from);
  const headers = { 'content-type': 'application/json' };
  if (wanted === 'result') {
    if (reading.kind === 'running') return { status: 202, headers, body: undefined };
    return reading.kind === 'succeeded' ? { status: 200, headers, body: {} } : reply;
  }
  const status = reading.kind === 'running' ? 'InProgress' : 'Succeeded';
  return { status: 200, headers, body: { status } };
}

/** How the recorded polls of an operation ended; undefined when none was recorded. */
export function endingOfPolls(exchanges: readonly Exchange[], id: string) {
  const { family, replies } = pollsOf(exchanges, id, 'status');
  const last = replies.at(-1);
  return last && readPoll(last.reply, family);
}
