import { acceptRun } from '../src/runs/acceptRun.ts';
import { listRuns } from '../src/runs/listRuns.ts';
import type { RunServices } from '../src/runs/runServices.ts';
import { memoryTable } from '../test/support/memoryStorage.ts';
import type { BenchReport } from './report.ts';

const target = (share: number) => ({
  ...{ kind: 'fileShare' as const, share: `share${share}` },
  vaultId:
    '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive',
  storageAccountId:
    '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/papers01',
});

/** Listing among so many runs: table operations of the first page and of one in the middle, by filter. */
export async function runs({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const rows: string[][] = [];
  for (const count of quick ? [1000] : [1000, 100_000]) {
    let now = Date.parse('2026-08-22T02:00:00Z');
    const table = memoryTable('runs');
    const services: RunServices = {
      clock: () => new Date((now += 1000)),
      ...{ runs: table, orchestration: 'run', mayDeleteBackups: false },
      flows: { start: () => Promise.resolve('started'), status: () => Promise.resolve(undefined) },
      listSteps: () => Promise.resolve([]),
      sendStepAgain: () => Promise.resolve(),
    };
    for (let run = 0; run < count; run++)
      await acceptRun(
        services,
        { kind: 'backUp', target: target(run % 500) },
        { source: 'http', caller: 'local', key: `key-${run}` },
      );
    for (const [name, filter] of Object.entries({
      'all runs': {},
      'one status': { status: 'accepted' as const },
      'one share': { target: `${target(7).storageAccountId}/fileServices/default/shares/share7` },
    })) {
      const before = { pages: table.operations['page'] ?? 0, reads: table.operations['read'] ?? 0 };
      const page = await listRuns(services, filter, { top: 50 });
      const pages = (table.operations['page'] ?? 0) - before.pages;
      const reads = (table.operations['read'] ?? 0) - before.reads;
      rows.push([String(count), name, String(page.runs.length), String(pages), String(reads)]);
    }
  }
  return {
    title: 'Listing runs',
    layer: 'a: the run record over tables in memory, operations counted',
    columns: ['runs', 'asked for', 'runs on the page', 'pages read', 'rows read one by one'],
    rows,
    data: rows,
  };
}
