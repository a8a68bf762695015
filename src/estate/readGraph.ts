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

/** Takes the rows of one page; `before` is how many came before them. */
type TakeRows = (rows: readonly JsonObject[], before: number) => Promise<void>;

/** Reads with smaller pages where larger ones are too long to be read. */
async function inPagesThatFit<T>(read: (top: number) => Promise<T>): Promise<T> {
  for (const top of pageSizes) {
    try {
      return await read(top);
    } catch (error) {
      if (!(error instanceof EstateUnreadable) || error.code !== 'ReplyTooLong') throw error;
    }
  }
  throw new EstateUnreadable('ReplyTooLong', 'A page of 25 rows is too long to be read.');
}

/**
 * Reads a query to its last page. The query must project and order by `id`.
 *
 * Without Reader rights rows are missing and no error says so.
 *
 * @throws EstateUnreadable also when pages are missing: an incomplete list proves nothing and is never used.
 */
export const readGraph = (
  services: EstateServices,
  subscriptions: readonly string[],
  query: string,
): Promise<GraphRows> =>
  inPagesThatFit(async (top) => {
    const rows: JsonObject[] = [];
    const take: TakeRows = async (some) => void rows.push(...some);
    return { rows, pages: await readPages(services, { subscriptions, query, top }, take) };
  });

/**
 * Hands over a query page by page, so that no more than one is held; a row may come twice.
 *
 * @throws EstateUnreadable as {@link readGraph}, after what was handed over before.
 */
export const eachGraphPage = (
  services: EstateServices,
  subscriptions: readonly string[],
  query: string,
  take: TakeRows,
): Promise<number> => inPagesThatFit((top) => readPages(services, { subscriptions, query, top }, take));

/** @returns the number of pages. */
async function readPages(
  services: EstateServices,
  asked: { readonly subscriptions: readonly string[]; readonly query: string; readonly top: number },
  take: TakeRows,
): Promise<number> {
  let [skipToken, read]: [string | undefined, number] = [undefined, 0];
  for (let pages = 1; pages <= mostPages; pages++) {
    const input = { ...asked, ...(skipToken && { skipToken }) };
    const page = pageOf(await askArm(services, queryGraph.describe(input)), input);
    await take(page.rows, read);
    read += page.rows.length;
    if (page.skipToken === undefined) {
      checkComplete(read, page.total);
      return pages;
    }
    skipToken = page.skipToken;
  }
  throw new EstateUnreadable('GraphEndless', 'Resource Graph does not stop giving pages.');
}

function checkComplete(read: number, total: number): void {
  if (read >= total) return;
  throw new EstateUnreadable(
    'GraphTruncated',
    `Resource Graph gave ${read} of ${total} rows and no further page.`,
  );
}
