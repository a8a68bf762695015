import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { ArmReply, Json } from '../../src/arm/call.ts';
import { objectIn } from '../../src/arm/jsonFields.ts';
import { readPoll } from '../../src/arm/longRunning.ts';
import { addressOf, idInUrl, pathKey, sameKind, type Address } from './address.ts';
import { deduced } from './deducedReplies.ts';
import { isSupport, isWrite } from './flowWrites.ts';
import { anywhere, jsonOf } from './looseFields.ts';
import { pollsOf, translated } from './operationPolls.ts';
import type { Exchange } from './readExchanges.ts';
import type { RecordedFlow } from './recordedFlows.ts';

/** What a replay asked for beyond the recording. */
export interface Traffic {
  /** The flow's own write was sent. */
  isSent: boolean;
  /** The write that ends the flow was sent. */
  isLastSent: boolean;
  /** Reads that were not recorded and whose answer the write itself proves. */
  readonly deduced: string[];
  /** Reads that were not recorded: answered empty or 404, or with the last running state again. */
  readonly unrecorded: string[];
  /** How many of those came after the flow's write. */
  unrecordedAfter: number;
  /** Writes that were not recorded, requests that differ, signed URLs that were altered. */
  readonly wrong: string[];
}

interface Candidate {
  readonly index: number;
  readonly reply: ArmReply;
}

/** The recorded service as a transport, for one flow. */
export interface RecordedService {
  readonly httpClient: HttpClient;
  readonly traffic: Traffic;
}

const json = { 'content-type': 'application/json' };
const notFound: ArmReply = {
  status: 404,
  headers: json,
  body: { error: { code: 'ResourceNotFound', message: 'Not recorded.' } },
};
const notRecorded: ArmReply = {
  status: 400,
  headers: json,
  body: { error: { code: 'WriteNotRecorded', message: 'The recording shows no such write.' } },
};

/** Things that a flow does not change: what was recorded of them later was so before, too. */
const isStable = (path: string): boolean =>
  /\/(?:vaults|backupvaults)\/[^/]+(?:\/backuppolicies\/[^/]+)?$/.test(path) ||
  !/\/providers\/microsoft\.(?:recoveryservices|dataprotection)\//.test(path);

/** A path that ends in a type names a collection. */
const isCollection = (path: string): boolean => {
  const tail = path.split('/providers/').at(-1) ?? '';
  return tail.split('/').length % 2 === 0;
};

const signature = /[?&][sh]=[^&]{20,}/;

/** Fields in which our request must say what the recorded one said. */
const comparedFields = [
  'policyId',
  'protectionState',
  'isRehydrate',
  'ruleName',
  'retentionTagOverride',
  'backupType',
  'syncType',
  'sourceResourceId',
];

function differenceIn(ours: Json | undefined, theirs: Json | undefined): string | undefined {
  const said = (body: Json | undefined, field: string) => {
    const value = anywhere(body, field);
    return value === undefined ? undefined : pathKey(String(value));
  };
  return comparedFields.find((field) => {
    const [mine, other] = [said(ours, field), said(theirs, field)];
    return mine !== undefined && other !== undefined && mine !== other;
  });
}

/** Answers the requests of one flow from a recording. */
export function recordedService(exchanges: readonly Exchange[], flow: RecordedFlow): RecordedService {
  const { write, lastWrite, from, until } = flow;
  const traffic: Traffic = {
    isSent: false,
    isLastSent: false,
    deduced: [],
    unrecorded: [],
    unrecordedAfter: 0,
    wrong: [],
  };
  const addresses = exchanges.map(({ url }) => addressOf(url));
  const supports = exchanges.flatMap((one, index) => (isSupport(one) ? [index] : []));
  const cursors = new Map<string, number>();
  const handedOut = new Set<string>();
  const used = new Set<number>();
  /** The last write of the recording that has been sent. */
  let position = -1;

  function next<T>(
    key: string,
    answers: readonly T[],
  ): { readonly answer: T | undefined; readonly isRepeated: boolean } {
    const at = cursors.get(key) ?? 0;
    cursors.set(key, at + 1);
    return { answer: answers[Math.min(at, answers.length - 1)], isRepeated: at >= answers.length };
  }

  function missing(path: string, what = ''): ArmReply {
    traffic.unrecorded.push(`GET ${path}${what}`);
    if (traffic.isSent) traffic.unrecordedAfter += 1;
    return isCollection(path) ? { status: 200, headers: json, body: { value: [] } } : notFound;
  }

  function answerPoll({
    path,
    operation,
  }: Address & { operation: NonNullable<Address['operation']> }): ArmReply {
    const { family, replies } = pollsOf(exchanges, operation.id, operation.family);
    const { answer, isRepeated } = next(`poll ${operation.id} ${family}`, replies);
    if (!answer) return missing(path);
    if (isRepeated && readPoll(answer.reply, family).kind === 'running') missing(path, ' (again)');
    return translated(answer.reply, family, operation.family);
  }

  /** Replies to the same read, and for an item or instance the rows of lists that show it. */
  function candidatesFor(asked: Address): readonly Candidate[] {
    const exact = exchanges.flatMap((one, index): Candidate[] => {
      const address = addresses[index];
      const isSame = one.method === 'GET' && address?.path === asked.path && sameKind(address, asked);
      return isSame && !address.isLaterPage && one.isBodyRecorded ? [{ index, reply: one.reply }] : [];
    });
    const rows = flow.sightings
      .filter(({ path, index }) => path === asked.path && !exact.some((one) => one.index === index))
      .map(({ index, body }) => ({ index, reply: { status: 200, headers: json, body } }));
    return [...exact, ...rows, ...absencesOf(asked)].sort((a, b) => a.index - b.index);
  }

  /** After a deletion a list without the item says that it has gone. */
  function absencesOf({ path }: Address): readonly Candidate[] {
    if (write.verb !== 'delete' || path !== write.itemPath) return [];
    const lists = /\/(?:backupprotecteditems|backupinstances)$/;
    return exchanges.flatMap(({ method, reply }, index): Candidate[] => {
      const isList = method === 'GET' && reply.status === 200 && lists.test(addresses[index]?.path ?? '');
      const isShown = flow.sightings.some((one) => one.index === index && one.path === path);
      return isList && !isShown && index > write.index ? [{ index, reply: notFound }] : [];
    });
  }

  function beforeTheWrite(path: string, candidates: readonly Candidate[]): ArmReply | undefined {
    const nextSupport =
      supports.find((index) => index > position && index >= from && !used.has(index)) ?? write.index;
    const upTo = Math.min(nextSupport, write.index);
    const earliest = flow.previous?.verb === 'delete' && !isStable(path) ? from : 0;
    const known = candidates.findLast(({ index }) => index >= earliest && index < upTo);
    return (known ?? (isStable(path) ? candidates[0] : undefined))?.reply;
  }

  function afterTheWrite(path: string, candidates: readonly Candidate[]): ArmReply | undefined {
    const later = candidates.filter(({ index }) => index > position && index < until);
    if (later.length > 0) return next(`${position} ${path}`, later).answer?.reply;
    return isStable(path) ? candidates.at(-1)?.reply : undefined;
  }

  function answerJob(asked: Address): ArmReply {
    const { answer } = next(asked.path, candidatesFor(asked));
    return answer?.reply ?? missing(asked.path);
  }

  function answerRead(url: string): ArmReply {
    const verbatim = exchanges.find((one) => one.method === 'GET' && one.url === url);
    const asked = addressOf(url);
    const { operation } = asked;
    if (signature.test(url) && !handedOut.has(url))
      traffic.wrong.push(`a signed URL was altered: ${asked.path}`);
    if (operation) return answerPoll({ ...asked, operation });
    if (asked.isLaterPage && verbatim) return verbatim.reply;
    if (/\/backupjobs\/[^/]+$/.test(asked.path)) return answerJob(asked);
    const candidates = candidatesFor(asked);
    const pick = traffic.isSent ? afterTheWrite : beforeTheWrite;
    const known = pick(asked.path, candidates);
    if (known) return known;
    return deducedReply(url, asked.path) ?? missing(asked.path);
  }

  function deducedReply(url: string, path: string): ArmReply | undefined {
    if (traffic.isSent && !isStable(path)) return undefined;
    const isRegistered = supports.every((index) => !isRegistration(index));
    if (path.endsWith('/backupprotectioncontainers') && !isRegistered) return undefined;
    const body = deduced({ id: idInUrl(url), path }, flow);
    if (body === undefined) return undefined;
    traffic.deduced.push(`GET ${path}`);
    return { status: 200, headers: json, body };
  }

  const isRegistration = (index: number): boolean =>
    /\/protectioncontainers\/[^/]+$/.test(addresses[index]?.path ?? '') && index < write.index;

  function answerWrite(method: string, url: string, body: string | undefined): ArmReply {
    const asked = addressOf(url);
    const same = exchanges.flatMap((one, index) => {
      const address = addresses[index];
      const isSame = one.method === method && address?.path === asked.path && sameKind(address, asked);
      return isSame ? [index] : [];
    });
    const isMain = same.includes(write.index);
    const index = isMain
      ? write.index
      : (same.find((one) => one > position && one >= from && one < until) ?? same[0]);
    const recorded = index === undefined ? undefined : exchanges[index];
    if (index === undefined || !recorded) {
      traffic.wrong.push(`a write that was not recorded: ${method} ${asked.path}`);
      return notRecorded;
    }
    const difference = differenceIn(jsonOf(body), jsonOf(recorded.requestBody));
    if (difference) traffic.wrong.push(`${method} ${asked.path} says another ${difference}`);
    used.add(index);
    position = index;
    if (isMain) traffic.isSent = true;
    if (index === lastWrite.index) traffic.isLastSent = true;
    return recorded.reply;
  }

  const httpClient: HttpClient = {
    async sendRequest(request) {
      const { method, url } = request;
      const body = typeof request.body === 'string' ? request.body : undefined;
      const reply = isWrite(method) ? answerWrite(method, url, body) : answerRead(url);
      for (const name of ['azure-asyncoperation', 'location']) {
        const header = reply.headers[name];
        if (header) handedOut.add(new URL(header).href).add(header);
      }
      const nextLink = objectIn(reply.body)['nextLink'];
      if (typeof nextLink === 'string') handedOut.add(nextLink);
      const bodyAsText = reply.body === undefined ? '' : JSON.stringify(reply.body);
      const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = reply.headers;
      return { request, status: reply.status, headers: createHttpHeaders(headers), bodyAsText };
    },
  };
  return { httpClient, traffic };
}
