import * as z from 'zod';
import { runStatusSchema } from '../runs/recordSchema.ts';
import type { RunState } from '../runs/runRow.ts';
import type { Table } from '../storage/table.ts';
import { itemOfRow, itemsOf, standingOf, type BatchItem } from './batchItem.ts';

/** Query of `GET /api/runs/{id}/items`; an empty value counts as absent. */
export const itemQuerySchema = z.strictObject({
  top: z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/, 'a number from 1 to 1000')
    .transform(Number)
    .optional(),
  continuation: z
    .string()
    .regex(/^item-[0-9a-f]{24}$/, 'a continuation as a nextLink has it')
    .optional(),
});

/** An item of a batch as callers see it. */
const shownItemSchema = z.object({
  target: z.string(),
  status: z.union([runStatusSchema, z.literal('waiting')]),
  rule: z.string().optional(),
  run: z.string().optional(),
  asks: z.record(z.string(), z.unknown()).optional().describe('What its run is asked for, or would be.'),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Answer of `GET /api/runs/{id}/items`: for the API description, not for parsing. */
export const itemPageSchema = z.object({ value: z.array(shownItemSchema), nextLink: z.string().optional() });

/** One page of items in the order of their keys; `continuation` is absent after the last. */
interface ItemPage {
  readonly items: readonly z.infer<typeof shownItemSchema>[];
  readonly continuation?: string;
}

function shown(item: BatchItem): z.infer<typeof shownItemSchema> {
  const { target, rule, run, request, error } = item;
  return {
    target,
    status: standingOf(item) as z.infer<typeof runStatusSchema>,
    ...(rule === undefined ? {} : { rule }),
    ...(run === undefined ? {} : { run }),
    ...(request === undefined ? {} : { asks: { ...request } }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Reads a page of the items of a batch or sweep; a run that is neither has none. */
export async function readItemPage(
  batchItems: Table,
  run: Pick<RunState, 'id' | 'digest'>,
  { top = 100, continuation }: z.infer<typeof itemQuerySchema>,
): Promise<ItemPage> {
  // '!' sorts before every character of a key: the first one after the given.
  const from = continuation === undefined ? 'item-' : `${continuation}!`;
  const page = await batchItems.page(itemsOf(run), { from, before: 'item.', top });
  const items = page.rows.map(itemOfRow).map(({ item }) => item);
  const last = page.continuation === undefined ? undefined : items.at(-1)?.key;
  return { items: items.map(shown), ...(last === undefined ? {} : { continuation: last }) };
}
