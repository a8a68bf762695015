import type { ArmReply, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { queryGraph, type GraphPage } from '../resources/resourceGraph.ts';
import { askArm, EstateUnreadable, type EstateServices } from './askArm.ts';

/** Rows per page: fewer when a page is longer than the client reads, since a row may have fifty long tags. */
const pageSizes = [1000, 250, 25] as const;
/** A million rows: more is a circle. */
const mostPages = 1000;

/** Every row of a query, and how many pages that took. */
export interface GraphRows {
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
export async function readGraph(
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
