import type { ArmReply, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { parseResourceId } from '../arm/resourceId.ts';
import type { Plan } from '../plan/schema.ts';
import { whyNot, type Candidate } from '../plan/select.ts';
import { queryGraph, type GraphPage } from '../resources/resourceGraph.ts';
import { listShares } from '../resources/sources.ts';
import { EstateUnreadable, askArm, askNextPage, type EstateServices } from './askArm.ts';
import { candidateOf, resourceQuery, seenResource, shareCandidate } from './candidates.ts';
import { protectionOf, protectionQuery, type Protection } from './protections.ts';

/** Rows per page: fewer when a page is longer than the client reads, since a row may have fifty long tags. */
const pageSizes = [1000, 250, 25] as const;
/** A million rows: more is a circle. */
const mostPages = 1000;

/** Every row of a query, and how many pages that took. */
interface GraphRows {
  readonly rows: readonly JsonObject[];
  readonly pages: number;
}

const context = {
  now: new Date(0),
  attemptId: '',
  sentAt: '',
  waitSeconds: 0,
  stepId: '',
  firstAt: '',
} as const;

function pageOf(reply: ArmReply, input: Parameters<typeof queryGraph.read>[1]): GraphPage {
  if (reply.status !== 200) {
    const { code, message } = readFailure(reply);
    throw new EstateUnreadable(code, `Resource Graph: ${message}`);
  }
  const reading = queryGraph.read(reply, input, context);
  if (reading.kind !== 'done') throw new EstateUnreadable('GraphUnreadable', 'Resource Graph gave no rows.');
  return reading.result;
}

/**
 * Reads a query to its last page. The query must project and order by `id`.
 *
 * Without Reader rights rows are missing and no error says so.
 *
 * @throws EstateUnreadable also when pages are missing: an incomplete list proves nothing and is never used.
 */
async function readGraph(
  services: EstateServices,
  subscriptions: readonly string[],
  query: string,
): Promise<GraphRows> {
  for (const top of pageSizes) {
    try {
      return await readPages(services, { subscriptions, query, top });
    } catch (error) {
      if (!(error instanceof EstateUnreadable) || error.code !== 'ReplyTooLong') throw error;
    }
  }
  throw new EstateUnreadable('ReplyTooLong', 'A page of 25 rows is too long to be read.');
}

async function readPages(
  services: EstateServices,
  asked: { readonly subscriptions: readonly string[]; readonly query: string; readonly top: number },
): Promise<GraphRows> {
  const rows: JsonObject[] = [];
  let skipToken: string | undefined;
  for (let pages = 1; pages <= mostPages; pages++) {
    const input = { ...asked, ...(skipToken && { skipToken }) };
    const page = pageOf(await askArm(services, queryGraph.describe(input)), input);
    rows.push(...page.rows);
    if (page.skipToken === undefined) return complete({ rows, pages }, page.total);
    skipToken = page.skipToken;
  }
  throw new EstateUnreadable('GraphEndless', 'Resource Graph does not stop giving pages.');
}

function complete(read: GraphRows, total: number): GraphRows {
  if (read.rows.length >= total) return read;
  throw new EstateUnreadable(
    'GraphTruncated',
    `Resource Graph gave ${read.rows.length} of ${total} rows and no further page.`,
  );
}

/** What lies in the plan's subscriptions and what vaults protect; shares are listed account by account, later. */
export interface Estate {
  /** Disks, machines, and storage accounts as `blobs`. */
  readonly candidates: readonly Candidate[];
  readonly protections: readonly Protection[];
  /** Pages of Resource Graph. */
  readonly pages: number;
  readonly warnings: readonly string[];
}

const subscriptionIn = (id: string): string => {
  const reading = parseResourceId(id);
  return reading.kind === 'ok' ? reading.id.subscriptionId.toLowerCase() : '';
};

const distinct = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))];

const nothingSeen =
  'Resource Graph shows no resource at all: without Reader rights it answers nothing, and no error.';

/**
 * Reads resources and protections from Resource Graph, to the last page. Rows lag by seconds to minutes.
 *
 * @throws EstateUnreadable
 */
export async function readEstate(services: EstateServices, { safety }: Plan): Promise<Estate> {
  const subscriptions = distinct(safety.subscriptions.map((id) => id.toLowerCase()));
  if (subscriptions.length === 0) return { candidates: [], protections: [], pages: 0, warnings: [] };
  const everywhere = distinct([...subscriptions, ...safety.vaults.map(subscriptionIn)]);
  const resources = await readGraph(services, subscriptions, resourceQuery);
  const items = await readGraph(services, everywhere, protectionQuery);
  return {
    candidates: resources.rows.map((row) => candidateOf(seenResource(row))).filter((one) => !!one),
    protections: items.rows.map(protectionOf).filter((one) => !!one),
    pages: resources.pages + items.pages,
    warnings: resources.rows.length === 0 ? [nothingSeen] : [],
  };
}

/** Accounts whose shares a rule might take: everything but the share's name is the account's. */
export function accountsWithShares(plan: Plan, candidates: readonly Candidate[]): readonly Candidate[] {
  const matches = [
    ...plan.rules.map(({ match }) => match),
    ...plan.schedules.flatMap(({ backUp }) => ('match' in backUp ? [backUp.match] : [])),
  ]
    .filter(({ kind }) => kind === 'fileShare')
    .map(({ names: _names, exclude: _exclude, ...match }) => match);
  return candidates.filter(
    (account) =>
      account.kind === 'blobs' &&
      matches.some((match) => whyNot(match, { ...account, kind: 'fileShare' }) === undefined),
  );
}

const namesIn = (body: unknown): string[] => {
  const { value } = (body ?? {}) as { value?: readonly { name?: unknown }[] };
  return (value ?? []).flatMap(({ name }) => (typeof name === 'string' && name !== '' ? [name] : []));
};

/**
 * The shares of an account, to the last page; none when the account is gone.
 *
 * @throws EstateUnreadable
 */
export async function sharesOf(services: EstateServices, account: Candidate): Promise<readonly Candidate[]> {
  const call = listShares.describe({ resourceId: account.id });
  const names: string[] = [];
  const seen = new Set<string>();
  let reply = await askArm(services, call);
  for (;;) {
    if (reply.status === 404) return [];
    if (reply.status !== 200) {
      const { code, message } = readFailure(reply);
      throw new EstateUnreadable(code, `The shares of ${account.name} cannot be listed: ${message}`);
    }
    names.push(...namesIn(reply.body));
    const next = (reply.body as JsonObject | undefined)?.['nextLink'];
    if (typeof next !== 'string' || next === '' || seen.has(next)) break;
    seen.add(next);
    reply = await askNextPage(services, call, next);
  }
  return distinct(names).map((name) => shareCandidate(account, name));
}
