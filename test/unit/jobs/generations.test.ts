import { expect, test } from 'vitest';
import { listWatches, vaultKeyOf } from '../../../src/jobs/watch.ts';
import { watchJob } from '../../../src/jobs/watchJob.ts';
import type { Table } from '../../../src/storage/table.ts';
import { listOf, trackedVault, trackerWorld, watchOrder } from '../../support/trackerWorld.ts';

const watchesOf = async (watches: Table) =>
  (await listWatches(watches, vaultKeyOf(trackedVault))).map(({ watch }) => watch);

/** The table, with something done by others just before the next write of a known row. */
const interrupted = (watches: Table, meanwhile: () => Promise<void>): Table => {
  let done = false;
  return {
    ...watches,
    read: async (partitionKey, rowKey) => {
      const row = await watches.read(partitionKey, rowKey);
      if (!done && rowKey.includes('-1')) {
        done = true;
        await meanwhile();
      }
      return row;
    },
  };
};

test('a later generation is the one to be told, also when a tick writes the watch at the same moment', async () => {
  const world = trackerWorld({ list: () => listOf() });
  await watchJob(world.services, watchOrder());
  const tickWrites = async () => {
    const [row] = (await world.watches.page(vaultKeyOf(trackedVault))).rows;
    if (row) await world.watches.replace({ ...row, looked: true }, row.etag);
  };
  const services = { ...world.services, watches: interrupted(world.watches, tickWrites) };
  await watchJob(services, watchOrder({ generation: 2 }));
  expect(await watchesOf(world.watches)).toMatchObject([{ generation: 2, looked: true }]);
});

test('a later generation watches anew when the old one was told at the same moment', async () => {
  const world = trackerWorld({ list: () => listOf() });
  await watchJob(world.services, watchOrder());
  const told = async () => {
    const [row] = (await world.watches.page(vaultKeyOf(trackedVault))).rows;
    if (row) await world.watches.remove(row.partitionKey, row.rowKey);
  };
  const services = { ...world.services, watches: interrupted(world.watches, told) };
  expect(await watchJob(services, watchOrder({ generation: 2 }))).toBeNull();
  expect(await watchesOf(world.watches)).toMatchObject([{ generation: 2 }]);
});
