import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Table } from './table.ts';

/** A text that outlives the process that has read it. */
export interface KeptText {
  /** The text that was kept last; undefined when there is none. */
  readonly read: () => Promise<string | undefined>;
  /** Keeps a text in place of the one before; the same text again writes nothing. @throws RowRefused for one that does not fit a row. */
  readonly keep: (text: string) => Promise<void>;
}

/** Characters of one column. */
const chunk = 30_000;
const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Keeps a text as one row of a table, compressed. @param name what it is the text of: another name finds nothing. */
export function keptText(table: Table, partitionKey: string, name: string): KeptText {
  const rowKey = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 40);
  const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
  return {
    async read() {
      const row = await table.read(partitionKey, rowKey);
      if (!row) return undefined;
      const parts = Object.keys(row)
        .filter((column) => /^text\d{3}$/.test(column))
        .sort();
      const packed = parts.map((column) => String(row[column])).join('');
      return (await unzip(Buffer.from(packed, 'base64'))).toString('utf8');
    },
    async keep(text) {
      const digest = digestOf(text);
      if ((await table.read(partitionKey, rowKey))?.['digest'] === digest) return;
      const packed = (await zip(text)).toString('base64');
      const parts: Record<string, string> = {};
      for (let at = 0; at * chunk < packed.length; at++)
        parts[`text${String(at).padStart(3, '0')}`] = packed.slice(at * chunk, (at + 1) * chunk);
      await table.put({ partitionKey, rowKey, digest, ...parts });
    },
  };
}
