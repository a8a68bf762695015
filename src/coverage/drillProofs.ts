import { createHash } from 'node:crypto';
import { idKey } from '../arm/resourceId.ts';
import type { Table } from '../storage/table.ts';
import type { CoverageRow } from './schema.ts';

/** The newest drill of a resource, as its row shows it. */
export type Proof = NonNullable<CoverageRow['drill']>;

/** Proofs have a partition of their own: a refresh that goes on writes rows as it has read them. */
const partition = 'drill';
const mostTries = 5;

const keyOf = (resourceId: string): string =>
  createHash('sha256').update(idKey(resourceId), 'utf8').digest('hex').slice(0, 40);

/** Keeps a proof, unless a newer one is kept already. */
export async function keepProof(table: Table, resourceId: string, proof: Proof): Promise<void> {
  const rowKey = keyOf(resourceId);
  for (let tries = 0; tries < mostTries; tries++) {
    const row = await table.read(partition, rowKey);
    if (row && String(row['at']) > proof.at) return;
    const next = { partitionKey: partition, rowKey, at: proof.at, data: JSON.stringify(proof) };
    const written = row ? await table.replace(next, row.etag) : await table.insert(next);
    if (written.kind === 'written') return;
  }
  throw new Error(`The proof of ${resourceId} is written all the time by others.`);
}

/** Gives rows the newest drill of their resource; one row costs one read, many a list of all proofs. */
export async function withProofs<Row extends { readonly id: string }>(
  table: Table,
  rows: readonly Row[],
): Promise<(Row & { drill?: Proof })[]> {
  const proofs = new Map<string, Proof>();
  let continuation: string | undefined;
  do {
    if (rows.length === 0) break;
    const one =
      rows.length === 1 && rows[0] ? { from: keyOf(rows[0].id), before: `${keyOf(rows[0].id)}!` } : {};
    const page = await table.page(partition, {
      ...one,
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (const row of page.rows) proofs.set(row.rowKey, JSON.parse(String(row['data'])) as Proof);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return rows.map((row) => {
    const drill = proofs.get(keyOf(row.id));
    return drill ? { ...row, drill } : row;
  });
}
