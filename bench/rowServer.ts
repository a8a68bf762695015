// Tables in a process of their own: what they hold does not count to the process that asks.
import { memoryTable, type MemoryTable } from '../test/support/memoryStorage.ts';
import type { TableCall } from './remoteTables.ts';

const tables = new Map<string, MemoryTable>();

function tableOf(name: string): MemoryTable {
  const table = tables.get(name) ?? memoryTable(name);
  tables.set(name, table);
  return table;
}

async function serve({ id, table, operation, values }: TableCall): Promise<void> {
  const act = tableOf(table)[operation] as (...values: readonly unknown[]) => Promise<unknown>;
  process.send?.({ id, value: await act(...values) });
}

process.on('message', (call) => void serve(call as TableCall));
process.on('disconnect', () => process.exit(0));
