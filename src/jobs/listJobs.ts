import type { ArmAnswer, ArmCall, ArmReply, Failure, Json } from '../arm/call.ts';
import { readFailure, throttleSeconds } from '../arm/outcomes.ts';
import {
  cutAt,
  laneOf,
  nextLinkIn,
  nextPage,
  rowsIn,
  sendCall,
  slotFor,
  ticketOf,
} from '../steps/exchange.ts';
import type { JobSpan, ListedJob, TrackerServices } from './trackerServices.ts';
import type { WatchOrder } from '../arm/backupJob.ts';

/** What a list read to its end gave; `late` when it could not be read, and when it may be tried again. */
export type JobList =
  | {
      readonly kind: 'read';
      readonly jobs: readonly ListedJob[];
      /** Every row, and when the list was asked for. */
      readonly rows?: ListedRows;
      readonly requests: number;
    }
  | {
      readonly kind: 'late';
      readonly until: Date;
      readonly requests: number;
      readonly failure?: Failure;
      readonly status?: number;
      /** What to keep of a slot that the pacer has reserved. */
      readonly ticket?: Date | undefined;
    };

/** Rows of a list as they came: what it does not show was not listed at `askedAt`. */
export interface ListedRows {
  readonly reply: ArmReply;
  readonly askedAt: Date;
}

/** What to list, and what to keep of it. */
export interface ListOrder {
  readonly service: WatchOrder['service'];
  readonly vaultId: string;
  readonly span: JobSpan;
  /** Whether a row belongs to a watch: only those are kept. */
  readonly wanted: (job: ListedJob) => boolean;
  /** Rows are kept as they came, for matches by item. */
  readonly keepRows: boolean;
  /** The slot that has been waited for, ISO 8601 UTC; undefined reserves one. */
  readonly keptAt: string | undefined;
}

const exchangeSeconds = 240;
const unreadableSeconds = 60;
/** Halvings of a span whose list is cut: 400 jobs in less than a second are not believed. */
const mostHalvings = 12;
const mostPages = 1000;

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

interface Pages {
  readonly jobs: ListedJob[];
  readonly rows: Json[];
  count: number;
  requests: number;
}

/** Why a page is none, and when to ask again. */
function lateAfter(services: TrackerServices, answer: ArmAnswer, requests: number): JobList {
  const now = services.clock();
  if (answer.kind !== 'reply') return { kind: 'late', until: later(now, unreadableSeconds), requests };
  const { reply } = answer;
  const seconds = reply.status === 429 ? throttleSeconds(reply, now) : unreadableSeconds;
  const failure = readFailure(reply, 'GET');
  return { kind: 'late', until: later(now, seconds), requests, failure, status: reply.status };
}

const isList = (answer: ArmAnswer): answer is Extract<ArmAnswer, { kind: 'reply' }> =>
  answer.kind === 'reply' && answer.reply.status === 200 && rowsIn(answer.reply.body) !== undefined;

/** Reads every page, keeping only what is wanted: the memory of one page and the watched jobs. */
async function readPages(
  services: TrackerServices,
  order: ListOrder,
  call: ArmCall,
): Promise<Pages | JobList> {
  const options = {
    clientRequestId: services.newId(),
    deadlineAt: later(services.clock(), exchangeSeconds),
  };
  const pages: Pages = { jobs: [], rows: [], count: 0, requests: 0 };
  const seen = new Set<string>();
  let answer = (await sendCall(services, call, options)).answer;
  for (;;) {
    pages.requests += 1;
    if (!isList(answer)) return lateAfter(services, answer, pages.requests);
    take(services, order, pages, answer.reply);
    const url = nextLinkIn(answer.reply.body);
    if (url === undefined) return pages;
    if (seen.has(url) || seen.size >= mostPages || services.clock() >= options.deadlineAt)
      return { kind: 'late', until: later(services.clock(), unreadableSeconds), requests: pages.requests };
    seen.add(url);
    answer = await nextPage(services, call, url, options);
  }
}

function take(services: TrackerServices, order: ListOrder, pages: Pages, reply: ArmReply): void {
  const rows = rowsIn(reply.body) ?? [];
  pages.count += rows.length;
  if (order.keepRows) pages.rows.push(...rows);
  const jobs = services.jobServices[order.service].readRows(reply);
  pages.jobs.push(...jobs.filter(order.wanted));
}

/** One span; a list that was cut silently is asked for again in two halves. */
async function listSpan(services: TrackerServices, order: ListOrder, halvings: number): Promise<JobList> {
  const askedAt = services.clock();
  const service = services.jobServices[order.service];
  const pages = await readPages(services, order, service.listCall(order.vaultId, order.span));
  if ('kind' in pages) return pages;
  const { jobs, rows, requests } = pages;
  const isCut = pages.count === cutAt && requests === 1 && service.listsBySpan && halvings < mostHalvings;
  if (isCut) return listHalves(services, order, halvings, requests);
  return { kind: 'read', jobs, requests, ...rowsKept(order, rows, askedAt) };
}

/** The rows of one list, for an order that wants them. */
const rowsKept = (order: ListOrder, value: Json[], askedAt: Date): { readonly rows?: ListedRows } =>
  order.keepRows ? { rows: { reply: { status: 200, headers: {}, body: { value } }, askedAt } } : {};

async function listHalves(
  services: TrackerServices,
  order: ListOrder,
  halvings: number,
  spent: number,
): Promise<JobList> {
  const askedAt = services.clock();
  const { from, to } = order.span;
  const middle = new Date((from.getTime() + Math.min(to.getTime(), services.clock().getTime())) / 2);
  const spans = [
    { ...order.span, to: middle },
    { ...order.span, from: middle },
  ];
  const [lower, upper] = [
    await listSpan(services, { ...order, span: spans[0] ?? order.span }, halvings + 1),
    await listSpan(services, { ...order, span: spans[1] ?? order.span }, halvings + 1),
  ];
  const requests = spent + lower.requests + upper.requests;
  if (lower.kind === 'late') return { ...lower, requests };
  if (upper.kind === 'late') return { ...upper, requests };
  const rows = [lower, upper].flatMap((half) => rowsIn(half.rows?.reply.body) ?? []);
  const jobs = [...lower.jobs, ...upper.jobs];
  return { kind: 'read', jobs, requests, ...rowsKept(order, rows, askedAt) };
}

/** Lists a vault's jobs of a span to the last page, once the pacer has a slot. Sends nothing before its slot. */
export async function listJobs(services: TrackerServices, order: ListOrder): Promise<JobList> {
  const call = services.jobServices[order.service].listCall(order.vaultId, order.span);
  const slot = await slotFor(services, call, order.keptAt);
  if (slot.kind === 'wait') return { kind: 'late', until: slot.until, requests: 0, ticket: ticketOf(slot) };
  return listSpan(services, order, 0);
}

/** Requests an hour that the action of a call allows, as far as replies have told. */
export async function hourlyBudget(services: TrackerServices, call: ArmCall): Promise<number> {
  const budget = await services.pacer.budget?.(laneOf(call), services.clock());
  return budget?.perHour ?? cautiousPerHour;
}

/** The tightest count that has been recorded for an action. */
const cautiousPerHour = 150;
