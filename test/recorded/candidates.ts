import type { ArmReply } from '../../src/arm/call.ts';
import { sameKind, type Address } from './address.ts';
import type { Exchange } from './readExchanges.ts';
import type { RecordedFlow } from './recordedFlows.ts';

/** An exchange with what it asks for. */
export interface Addressed {
  /** Position in the recording. */
  readonly index: number;
  readonly exchange: Exchange;
  readonly address: Address;
}

/** A reply that the recording holds for a read, and where. */
export interface Candidate {
  readonly index: number;
  readonly reply: ArmReply;
}

const json = { 'content-type': 'application/json' };

/** The reply of a service that has no such resource. */
export const notFound: ArmReply = {
  status: 404,
  headers: json,
  body: { error: { code: 'ResourceNotFound', message: 'Not recorded.' } },
};

/** A reply with a JSON body. */
export const okWith = (body: ArmReply['body']): ArmReply => ({ status: 200, headers: json, body });

const itemLists = /\/(?:backupprotecteditems|backupinstances)$/;

function sameReads(recorded: readonly Addressed[], asked: Address): readonly Candidate[] {
  return recorded.flatMap(({ index, exchange, address }) => {
    const isSame = exchange.method === 'GET' && address.path === asked.path && sameKind(address, asked);
    return isSame && !address.isLaterPage && exchange.isBodyRecorded
      ? [{ index, reply: exchange.reply }]
      : [];
  });
}

/** The list that would have shown the item at the moment of a read of it. */
function listsOfOne(recorded: readonly Addressed[], flow: RecordedFlow, path: string): readonly Candidate[] {
  const vault = path.replace(/[^/]*$/, '');
  if (!itemLists.test(path) || !flow.write.itemPath.startsWith(vault)) return [];
  const { itemPath } = flow.write;
  return flow.sightings
    .filter((one) => one.path === itemPath && recorded[one.index]?.address.path === itemPath)
    .map(({ index, body }) => ({ index, reply: okWith({ value: [body] }) }));
}

/** After a deletion a list without the item says that it has gone. */
function absences(recorded: readonly Addressed[], flow: RecordedFlow, path: string): readonly Candidate[] {
  const { verb, itemPath, index: since } = flow.write;
  if (verb !== 'delete' || path !== itemPath) return [];
  return recorded.flatMap(({ index, exchange, address }) => {
    const isList = exchange.method === 'GET' && exchange.reply.status === 200 && itemLists.test(address.path);
    const isShown = flow.sightings.some((one) => one.index === index && one.path === path);
    return isList && !isShown && index > since ? [{ index, reply: notFound }] : [];
  });
}

/** Replies to the same read in their order; for an item or instance also the rows of lists, and the other way round. */
export function candidatesFor(
  recorded: readonly Addressed[],
  flow: RecordedFlow,
  asked: Address,
): readonly Candidate[] {
  const exact = sameReads(recorded, asked);
  const rows = flow.sightings
    .filter(({ path, index }) => path === asked.path && !exact.some((one) => one.index === index))
    .map(({ index, body }) => ({ index, reply: okWith(body) }));
  const others = [...listsOfOne(recorded, flow, asked.path), ...absences(recorded, flow, asked.path)];
  return [...exact, ...rows, ...others].sort((a, b) => a.index - b.index);
}
