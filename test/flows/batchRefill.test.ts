import { expect, test } from 'vitest';
import { createMemoryStore, type InstanceStore } from '../../local/functions-host/durable/instanceStore.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { accountId, numbered, planWorld, shareOf } from '../support/planWorld.ts';

/** A store that counts the history rows written for the instances whose id matches, every generation's. */
function countingStore(
  matches: RegExp,
): InstanceStore & { readonly rows: () => number; readonly longest: () => number } {
  const store = createMemoryStore();
  const lengths = new Map<string, number>();
  let [rows, longest] = [0, 0];
  return {
    ...store,
    rows: () => rows,
    longest: () => longest,
    commit: (instanceId, change) => {
      store.commit(instanceId, change);
      if (!matches.test(instanceId)) return;
      const added = change.history?.length ?? 0;
      const length = (change.reset ? 0 : (lengths.get(instanceId) ?? 0)) + added;
      lengths.set(instanceId, length);
      [rows, longest] = [rows + added, Math.max(longest, length)];
    },
  };
}

const shardId = /^[0-9a-f]{40}-\d+-\d+$/;

/** An app that has accepted a batch of shares, 20 at a time, whose backups all take so long. */
async function begin(count: number, jobSeconds: number) {
  const shares = numbered('docs', count);
  const { recoveryServices, ...rest } = planWorld({
    accounts: [{ name: 'papers01', shares, protectedShares: shares }],
  });
  const datasources = shares.map((share) => ({
    ...{ storageAccountId: accountId('papers01'), share },
    jobs: [{ seconds: jobSeconds }],
  }));
  const instances = countingStore(shardId);
  const app = await startEmbeddedApp({
    ...{ world: { ...rest, recoveryServices: { ...recoveryServices, datasources } }, instances },
    environment: { MINIMUM_POLL_SECONDS: '1' },
  });
  const targets = shares.map((share) => shareOf('papers01', share));
  const accepted = await app.request('POST', '/api/backups', { targets });
  return { app, instances, id: (accepted?.body as { id: string }).id };
}

const secondsOf = ({ createdAt, endedAt = '' }: RunRecord): number =>
  (Date.parse(endedAt) - Date.parse(createdAt)) / 1000;

/** One backup by itself takes 70 s when its job takes 35 s: the service asks not to be looked at before a minute. */
test('fifty backups of 70 s, twenty at a time, take three times 70 s: the end of one begins the next', async () => {
  const { app, instances, id } = await begin(50, 35);
  const record = await app.runEnded(id);
  expect(record.counts).toEqual({ total: 50, completed: 50 });
  expect(secondsOf(record)).toBeLessThan(1.1 * 210);
  expect(instances.rows()).toBeLessThan(200);
  expect(instances.longest()).toBeLessThan(100);
  await app.stop();
});

test('a shard whose backups take long keeps fewer rows than one that looks every minute', async () => {
  const { app, instances, id } = await begin(50, 600);
  const record = await app.runEnded(id);
  expect(record.counts).toEqual({ total: 50, completed: 50 });
  expect(instances.rows()).toBeLessThan(404);
  await app.stop();
});

test('a batch that is cancelled is seen to by its shards at once', async () => {
  const { app, id } = await begin(50, 600);
  await app.clock.runFor(90_000);
  await app.request('POST', `/api/runs/${id}/cancel`);
  await app.clock.runFor(60_000);
  const record = await app.runEnded(id);
  expect(record.counts).toEqual({ total: 50, cancelled: 50 });
  expect(secondsOf(record)).toBeLessThan(300);
  await app.stop();
});
