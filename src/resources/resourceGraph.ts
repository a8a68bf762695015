import type { JsonObject } from '../arm/call.ts';
import { objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import type { Step } from '../steps/step.ts';

/** One page of a Resource Graph query. */
export type GraphPage = {
  readonly rows: readonly JsonObject[];
  /** Asks for the next page; absent after the last. */
  readonly skipToken?: string;
  readonly total: number;
};

/** A query; it must project and order by `id`, or pages may overlap. */
export type GraphQuery = {
  readonly subscriptions: readonly string[];
  readonly query: string;
  readonly top: number;
  readonly skipToken?: string;
};

/** Reads one page. Rows lag by seconds to minutes: they find work, and prove nothing. Without Reader rights the answer is empty, not an error. */
export const queryGraph: Step<GraphQuery, GraphPage> = {
  name: 'resources.queryGraph',
  describe: ({ subscriptions, query, top, skipToken }) => ({
    action: 'Microsoft.ResourceGraph/resources/read',
    method: 'POST',
    path: '/providers/Microsoft.ResourceGraph/resources',
    apiVersion: '2022-10-01',
    body: {
      subscriptions,
      query,
      options: { $top: top, resultFormat: 'objectArray', ...(skipToken && { $skipToken: skipToken }) },
    },
  }),
  read: (reply) => {
    const body = objectIn(reply.body);
    const skipToken = textIn(body['$skipToken']);
    return {
      kind: 'done',
      result: {
        rows: objectsIn(body['data']),
        ...(skipToken && { skipToken }),
        total: Number(body['totalRecords'] ?? 0),
      },
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 900,
};
