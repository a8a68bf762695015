import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { ArmReply, Json } from '../../src/arm/call.ts';
import { memberIn, objectIn, textIn } from '../../src/arm/replyFields.ts';
import { addressOf, idInUrl, sameKind, type Address } from './address.ts';
import { candidatesFor, notFound, okWith, type Addressed, type Candidate } from './candidates.ts';
import { bodiesDiffer } from './bodyDifferences.ts';
import { deduced } from './deducedReplies.ts';
import { isWrite } from './flowWrites.ts';
import { jsonOf, textAt } from './looseFields.ts';
import { atOurBeat, pollsOf, translated } from './operationPolls.ts';
import type { Exchange } from './readExchanges.ts';
import { isRunning, isSettling, settledStates } from './recordedEnding.ts';
import type { RecordedFlow } from './recordedFlows.ts';
import { isPassing, pollOf } from './recordedReplies.ts';
import { stateOf } from './sightings.ts';
import { noTraffic, type Traffic } from './traffic.ts';

type Operation = NonNullable<Address['operation']>;

const writeNotRecorded: ArmReply = {
  ...notFound,
  status: 400,
  body: { error: { code: 'WriteNotRecorded', message: 'The recording shows no such write.' } },
};

/** Things that a flow does not change: what was recorded of them later was so before, too. */
const isStable = (path: string): boolean =>
  /\/(?:vaults|backupvaults)\/[^/]+(?:\/backuppolicies\/[^/]+)?$/.test(path) ||
  !/\/providers\/microsoft\.(?:recoveryservices|dataprotection)\//.test(path);

/** A path that ends in a type names a collection. */
const isCollection = (path: string): boolean =>
  (path.split('/providers/').at(-1) ?? '').split('/').length % 2 === 0;

/** A POST that changes nothing. */
const asksOnly =
  /\/(?:validateforbackup|backupstatus|backupprevalidateprotection|validaterestore|backuptriggervalidateoperation)$/;
/** Of these an accepted write proves that they were answered well. */
const validates = /\/(?:validateforbackup|validaterestore|backuptriggervalidateoperation)$/;
const registration = /\/protectioncontainers\/[^/]+$/;
const discovered = /\/(?:protectablecontainers|backupprotectableitems|backupprotectioncontainers)$/;
const singleJob = /\/backupjobs\/[^/]+$/;
const signature = /[?&][sh]=[^&]{20,}/;

/**
 * The recorded service, for one flow: answers requests by what they ask for, whatever their order.
 *
 * Before the flow's write a read gets what was last recorded up to the next write that is still to come; after it the
 * replies that were recorded after it, in their sequence, the last one again and again.
 */
export class RecordedService implements HttpClient {
  readonly traffic: Traffic = noTraffic();
  private readonly flow: RecordedFlow;
  private readonly exchanges: readonly Exchange[];
  private readonly recorded: readonly Addressed[];
  private readonly found = new Map<string, unknown>();
  private readonly asked = new Map<string, number>();
  private readonly handedOut = new Set<string>();
  /** The recorded write that was sent last. */
  private position = -1;

  constructor(exchanges: readonly Exchange[], flow: RecordedFlow) {
    this.exchanges = exchanges;
    this.flow = flow;
    this.recorded = exchanges.map((exchange, index) => ({
      index,
      exchange,
      address: addressOf(exchange.url),
    }));
  }

  async sendRequest(request: Parameters<HttpClient['sendRequest']>[0]) {
    const { method, url, body } = request;
    const text = typeof body === 'string' ? body : undefined;
    const reply = isWrite(method) ? this.answerWrite(method, url, text) : this.answerRead(url);
    this.handOut(reply);
    const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = reply.headers;
    const bodyAsText = reply.body === undefined ? '' : JSON.stringify(reply.body);
    return { request, status: reply.status, headers: createHttpHeaders(headers), bodyAsText };
  }

  private handOut({ headers, body }: ArmReply): void {
    const urls = [headers['azure-asyncoperation'], headers['location'], textIn(memberIn(body, 'nextLink'))];
    for (const url of urls) if (url) this.handedOut.add(url).add(new URL(url).href);
  }

  private answerRead(url: string): ArmReply {
    const asked = addressOf(url);
    const { path, operation } = asked;
    const isAltered = signature.test(url) && !this.handedOut.has(url);
    if (isAltered) this.traffic.wrong.push(`a signed URL was altered: ${path}`);
    if (operation) return this.answerPoll(path, operation);
    if (singleJob.test(path)) return this.answerJob(asked);
    const page = asked.isLaterPage && this.exchanges.find((one) => one.method === 'GET' && one.url === url);
    if (page) return page.reply;
    const question = `read ${path} ${asked.managementType ?? ''}`;
    const candidates = this.once(question, () => candidatesFor(this.recorded, this.flow, asked));
    const known = this.traffic.isSent ? this.after(path, candidates) : this.before(path, candidates);
    return known ?? this.deducedReply(url, path) ?? this.missing(path);
  }

  private before(path: string, candidates: readonly Candidate[]): ArmReply | undefined {
    const { write } = this.flow;
    const next = this.flow.preparations.find((index) => index > this.position && index >= this.flow.from);
    const upTo = Math.min(next ?? write.index, write.index);
    const earliest = this.earliestFor(path);
    const known = candidates.findLast(({ index }) => index >= earliest && index < upTo);
    const reply = (known ?? (isStable(path) ? candidates[0] : undefined))?.reply;
    return reply && path === write.itemPath ? this.settled(path, reply) : reply;
  }

  /** What a deletion or a discovery came before is no longer so. */
  private earliestFor(path: string): number {
    const { previous, from } = this.flow;
    if (discovered.test(path) && this.position >= 0) return this.position;
    return previous?.verb === 'delete' && !isStable(path) ? from : 0;
  }

  /** An accepted backup proves that the instance was protected by then, although it was last seen on its way there. */
  private settled(path: string, reply: ArmReply): ArmReply {
    const { verb, isInstance, exchange } = this.flow.write;
    const isProven = verb === 'backup' && isInstance && exchange.reply.status < 400;
    if (!isProven || !isSettling(stateOf(reply.body) ?? '')) return reply;
    const properties = {
      ...objectIn(memberIn(reply.body, 'properties')),
      currentProtectionState: 'ProtectionConfigured',
    };
    return this.deduce(path, { ...objectIn(reply.body), properties });
  }

  private after(path: string, candidates: readonly Candidate[]): ArmReply | undefined {
    const { position, flow } = this;
    const later = candidates.filter(({ index }) => index > position && index < flow.until);
    const { answer, isAgain } = this.next(`${position} ${path}`, later);
    if (isAgain && answer && isSettling(stateOf(answer.reply.body) ?? '')) this.missing(path, ' (again)');
    return (answer ?? (isStable(path) ? candidates.at(-1) : undefined))?.reply;
  }

  /** The next answer to a question, or the last one again. */
  private next<T>(
    question: string,
    answers: readonly T[],
  ): { readonly answer: T | undefined; isAgain: boolean } {
    const at = this.asked.get(question) ?? 0;
    this.asked.set(question, at + 1);
    return { answer: answers[Math.min(at, answers.length - 1)], isAgain: at >= answers.length };
  }

  private missing(path: string, what = ''): ArmReply {
    this.traffic.unrecorded.add(`${path}${what}`);
    if (this.traffic.isSent) this.traffic.unrecordedAfter += 1;
    return isCollection(path) ? okWith({ value: [] }) : notFound;
  }

  /** Of an operation that nobody followed to its end, a settled item says that it has ended. */
  private answerPoll(path: string, operation: Operation): ArmReply {
    const { family, replies } = this.once(`poll ${path}`, () =>
      pollsOf(this.exchanges, operation.id, operation.family),
    );
    const { answer, isAgain } = this.next(`${operation.id} ${family}`, replies);
    const isOpen = !answer || (isAgain && pollOf(answer.reply, family).kind === 'running');
    const isSettled = this.flow.write.verb !== 'backup' && settledStates(this.flow).length > 0;
    if (isOpen && isSettled) return this.deduce(path, { status: 'Succeeded' });
    if (!answer) return this.missing(path);
    if (isOpen) this.missing(path, ' (again)');
    return translated(answer.reply, family, operation.family);
  }

  private answerJob(asked: Address): ArmReply {
    const { answer, isAgain } = this.next(asked.path, this.jobReplies(asked));
    const status = textAt(answer?.body, 'properties', 'status');
    if (isAgain && isRunning(status ?? '')) this.missing(asked.path, ' (again)');
    return answer ?? this.missing(asked.path);
  }

  private jobReplies(asked: Address): readonly ArmReply[] {
    return this.once(`job ${asked.path}`, () => {
      const isRead = ({ exchange, address }: Addressed) =>
        exchange.method === 'GET' && address.path === asked.path;
      const reads = atOurBeat(this.recorded.filter(isRead).map(({ exchange }) => exchange));
      const rows = candidatesFor(this.recorded, this.flow, asked);
      return (reads.length > 0 ? reads : rows).map(({ reply }) => reply);
    });
  }

  /** A run may ask for days: what the recording holds for a question is looked up once. */
  private once<T>(question: string, look: () => T): T {
    if (!this.found.has(question)) this.found.set(question, look());
    return this.found.get(question) as T;
  }

  private deduce(path: string, body: Json): ArmReply {
    this.traffic.deduced.add(path);
    return okWith(body);
  }

  private deducedReply(url: string, path: string): ArmReply | undefined {
    if (this.traffic.isSent && !isStable(path)) return undefined;
    const isRegisteredHere = this.flow.preparations.some((index) =>
      registration.test(this.recorded[index]?.address.path ?? ''),
    );
    if (isRegisteredHere && path.endsWith('/backupprotectioncontainers')) return undefined;
    const body = deduced({ id: idInUrl(url), path }, this.flow);
    return body === undefined ? undefined : this.deduce(path, body);
  }

  private answerWrite(method: string, url: string, body: string | undefined): ArmReply {
    const found = this.recordedWrite(method, addressOf(url));
    if (!found) return this.answerUnrecorded(method, addressOf(url).path);
    const { index, exchange, address } = found;
    const { wrong, sent } = this.traffic;
    for (const difference of bodiesDiffer(jsonOf(body), jsonOf(exchange.requestBody)))
      wrong.push(`${method} ${address.path}: ${difference}`);
    this.position = index;
    this.traffic.isSent ||= index === this.flow.write.index;
    const times = (sent.get(index) ?? 0) + (isPassing(exchange.reply.status) ? 0 : 1);
    sent.set(index, times);
    if (times > 1) wrong.push(`${method} ${address.path} was sent ${times} times`);
    return exchange.reply;
  }

  /** The flow's own write, else the next of its preparations to the same thing, else a later write that prepares nothing. */
  private recordedWrite(method: string, asked: Address): Addressed | undefined {
    const { write, lastWrite, preparations } = this.flow;
    const same = this.recorded.filter(
      ({ exchange, address }) =>
        exchange.method === method && address.path === asked.path && sameKind(address, asked),
    );
    const own = [write.index, lastWrite.index, ...preparations];
    return own.flatMap((index) => same.find((one) => one.index === index) ?? [])[0];
  }

  private answerUnrecorded(method: string, path: string): ArmReply {
    if (!asksOnly.test(path)) {
      this.traffic.wrong.push(`a write that was not recorded: ${method} ${path}`);
      return writeNotRecorded;
    }
    const isAccepted = this.flow.write.exchange.reply.status < 400;
    return isAccepted && validates.test(path) ? this.deduce(path, {}) : this.missing(path);
  }
}
