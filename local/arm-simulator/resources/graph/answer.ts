import type { Call, Core } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import { json } from '../../replies.ts';
import { sha256Hex } from '../../seeded.ts';
import { isWithin } from '../authorization/role-assignments.ts';
import type { GraphRow, GraphTable } from './graph-sources.ts';
import type { Row } from './kql-evaluate.ts';
import { parseQuery } from './kql-query.ts';
import { InvalidQuery } from './kql-tokens.ts';
import { dress } from './rows.ts';

interface GraphRequest {
  readonly subscriptions?: readonly string[];
  readonly query?: string;
  readonly facets?: readonly { readonly expression: string }[];
  readonly options?: {
    readonly $top?: number;
    readonly $skip?: number;
    readonly $skipToken?: string;
    readonly resultFormat?: string;
  };
}

const largestPage = 1000;

/** Rows by table, and whether the caller may see a row. */
interface Visible {
  readonly rows: Record<GraphTable, readonly GraphRow[]>;
  readonly isReadable: (id: string) => boolean;
}

/** Answers a query; unreadable scopes are silently empty, a query that is not understood is a 400. */
export function answerQuery(call: Call, visible: Visible): ArmReply {
  const request = (call.body ?? {}) as GraphRequest;
  try {
    const query = parseQuery(request.query ?? '');
    const table = visible.rows[query.table as GraphTable];
    if (table === undefined) throw new InvalidQuery(`The table '${query.table}' is not known.`);
    const rows = query.run(
      table
        .filter((row) => isAsked(request, row) && visible.isReadable(row.id))
        .map((row) => dress(call.core, row)),
    );
    return page(call, request, rows);
  } catch (error) {
    if (error instanceof InvalidQuery) return invalidQuery(call.core, error.message);
    throw error;
  }
}

const isAsked = ({ subscriptions = [] }: GraphRequest, { id }: GraphRow): boolean =>
  subscriptions.length === 0 ||
  subscriptions.some((subscription) => isWithin(id, `/subscriptions/${subscription}`));

function page(call: Call, request: GraphRequest, rows: readonly Row[]): ArmReply {
  const { $top = largestPage, $skip = 0, $skipToken } = request.options ?? {};
  const size = Math.min($top, largestPage, call.core.settings.pageSize ?? largestPage);
  const from = $skipToken === undefined ? $skip : readSkipToken($skipToken, request);
  if (from === undefined) return invalidQuery(call.core, 'The skip token belongs to another query.');
  const data = rows.slice(from, from + size);
  const next = from + data.length;
  const more = next < rows.length;
  // Only a query that keeps the id can be continued.
  const continued = more && data.every((row) => 'id' in row);
  return json(200, {
    totalRecords: rows.length,
    count: data.length,
    data,
    facets: (request.facets ?? []).map((facet) => facetOf(facet.expression, rows)),
    resultTruncated: more && !continued ? 'true' : 'false',
    ...(continued && { $skipToken: skipToken(next, request) }),
  });
}

const fingerprint = ({ query = '', subscriptions = [] }: GraphRequest): string =>
  sha256Hex(JSON.stringify([query, subscriptions])).slice(0, 16);

const skipToken = (next: number, request: GraphRequest): string =>
  Buffer.from(JSON.stringify({ next, query: fingerprint(request) })).toString('base64');

function readSkipToken(token: string, request: GraphRequest): number | undefined {
  try {
    const { next, query } = JSON.parse(Buffer.from(token, 'base64').toString()) as {
      next: number;
      query: string;
    };
    return query === fingerprint(request) ? next : undefined;
  } catch {
    return undefined;
  }
}

function facetOf(expression: string, rows: readonly Row[]): unknown {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = String(row[expression] ?? '');
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const data = [...counts].map(([value, count]) => ({ [expression]: value, count }));
  return { expression, resultType: 'FacetResult', totalRecords: data.length, count: data.length, data };
}

function invalidQuery(core: Core, message: string): ArmReply {
  const time = new Date(core.clock.now()).toISOString();
  return json(400, {
    error: {
      code: 'BadRequest',
      message: `Please provide below info when asking for support: timestamp = ${time}, correlationId = ${core.seeded.guid()}.`,
      details: [
        {
          code: 'InvalidQuery',
          message:
            'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
        },
        { code: 'ParserFailure', message },
      ],
    },
  });
}
