import { expect, test } from 'vitest';
import { coverageTick } from '../../../src/coverage/refresh.ts';
import { sendMessages } from '../../../src/notifications/sendMessages.ts';
import { coverageStage } from '../../support/coverageStage.ts';
import { memoryTable } from '../../support/memoryStorage.ts';
import { machineId, plantedPlan } from '../../support/plantedEstate.ts';
import { filesVaultId, planWorld } from '../../support/planWorld.ts';

const channel = { name: 'ops', kind: 'cloudEvents', url: 'NOTIFY_OPS_URL' };

interface Told {
  readonly type: string;
  readonly data: {
    readonly counts: Readonly<Record<string, number>>;
    readonly resources: readonly { readonly name: string; readonly state: string }[];
    readonly more: number;
  };
}

/** Machines whose newest points are a number of hours old at the first read, and a receiver that keeps what it gets. */
function telling(
  machines: Readonly<Record<string, number | undefined>>,
  channels: readonly object[] = [channel],
) {
  const start = Date.parse('2026-08-22T02:00:00Z');
  const world = planWorld({
    filesVault: {
      items: Object.entries(machines).map(([name, hours]) => ({
        virtualMachineId: machineId(name),
        policy: 'DefaultPolicy',
        recoveryPointTimes: hours === undefined ? [] : [new Date(start - hours * 3_600_000).toISOString()],
      })),
    },
  });
  const resources = Object.keys(machines).map((name) => ({ id: machineId(name), tags: { backup: 'daily' } }));
  const stage = coverageStage(
    { ...world, resources: [...(world.resources ?? []), ...resources] },
    plantedPlan({ channels }),
  );
  const outbox = memoryTable('outbox');
  const got: { readonly url: string; readonly told: Told }[] = [];
  const down = new Set<string>();
  const pings: string[] = [];
  const services = {
    ...stage.services,
    outbox,
    pingUrl: 'https://ping.example',
    post: (url: string) => (pings.push(url), Promise.resolve(200)),
  };
  const send = () =>
    sendMessages({
      clock: stage.now,
      outbox,
      channelOf: (name) => ({ kind: 'cloudEvents', url: `https://${name}.example` }),
      post: (url, _headers, body) => {
        if (down.has(url)) return Promise.reject(new Error('refused'));
        got.push({ url, told: JSON.parse(body) as Told });
        return Promise.resolve(204);
      },
      print: () => undefined,
      alert: () => undefined,
    });
  const other = { ...services, newId: () => 'another instance' };
  return {
    ...{ stage, services, outbox, got, down, pings, send },
    /** Two instances tick together, and both send. */
    tickTwice: async () => {
      await Promise.all([coverageTick(services), coverageTick(other)]);
      await Promise.all([send(), send()]);
    },
    /** What was told of each resource, in the order in which it came. */
    toldOf: () => {
      const told: Record<string, string[]> = {};
      for (const { data } of got.map((one) => one.told))
        for (const { name, state } of data.resources) (told[name] ??= []).push(state);
      return told;
    },
    tick: async () => {
      await coverageTick(services);
      await send();
    },
    /** `late vm-1`, in the order in which they came. */
    events: () =>
      got.flatMap(({ told }) =>
        Object.entries(told.data.counts).map(([event, count]) => `${count} ${event}`),
      ),
  };
}

test('a scheduler that stands still is told as one late, one down and one up per resource, over twenty restarts of two instances', async () => {
  const { stage, tickTwice, got, events, toldOf } = telling({ 'vm-1': 20, 'vm-2': 20 });
  await tickTwice();
  expect(events()).toEqual([]);
  // Two days without a backup: every tick is a process of its own, and all state lies in the tables.
  for (let restart = 0; restart < 20; restart++) {
    stage.pass(2.4);
    await tickTwice();
    await tickTwice();
  }
  expect(events()).toEqual(['2 late', '2 down']);
  await backUp(stage);
  stage.pass(2);
  await tickTwice();
  await tickTwice();
  expect(events()).toEqual(['2 late', '2 down', '2 ok']);
  expect(toldOf()).toEqual({ 'vm-1': ['late', 'down', 'ok'], 'vm-2': ['late', 'down', 'ok'] });
  expect(got).toHaveLength(3);
  expect(await stage.statesOf('vm-1')).toEqual(['ok', 'late', 'down', 'ok']);
});

/** Both machines are backed up now: the world is loaded anew on top of what there is. */
async function backUp(stage: ReturnType<typeof coverageStage>): Promise<void> {
  const at = stage.now().toISOString();
  stage.simulator.loadWorld(
    {
      recoveryServices: {
        vaults: [
          {
            id: filesVaultId,
            items: ['vm-1', 'vm-2'].map((name) => ({
              virtualMachineId: machineId(name),
              policy: 'DefaultPolicy',
              recoveryPointTimes: [at],
            })),
          },
        ],
      },
    },
    'merge',
  );
}

test('many changes at once are one message with counts and the first twenty', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `vm-${at}`);
  const { stage, tick, got } = telling(Object.fromEntries(names.map((name) => [name, 20])));
  await tick();
  stage.pass(10);
  await tick();
  expect(got).toHaveLength(1);
  expect(got[0]?.told).toMatchObject({
    type: 'AzureBackupAutomation.CoverageChanged',
    data: { counts: { late: 30 }, more: 10 },
  });
  expect(got[0]?.told.data.resources).toHaveLength(20);
});

test('two instances that tick together tell once', async () => {
  const { stage, services, got, send } = telling({ 'vm-1': 20 });
  await coverageTick(services);
  stage.pass(10);
  await Promise.all([coverageTick(services), coverageTick({ ...services, newId: () => 'other' })]);
  await send();
  await send();
  expect(got).toHaveLength(1);
});

test('a process that dies at any write tells each change once all the same', async () => {
  for (let at = 1; at <= 40; at++) {
    const { stage, services, send, events, outbox } = telling({ 'vm-1': 20 });
    await coverageTick(services);
    stage.pass(10);
    let writes = 0;
    const dying = <T extends object>(table: T): T =>
      new Proxy(table, {
        get: (target, key) => {
          const method = Reflect.get(target, key) as unknown;
          if (
            typeof method !== 'function' ||
            !/^(put|insert|replace|remove|writeTogether)$/.test(String(key))
          )
            return method;
          return async (...args: unknown[]) => {
            const answer = (await (method as (...all: unknown[]) => Promise<unknown>).apply(
              target,
              args,
            )) as unknown;
            if (++writes === at) throw new Error('killed');
            return answer;
          };
        },
      });
    await coverageTick({ ...services, table: dying(services.table), outbox: dying(outbox) }).catch(
      () => undefined,
    );
    // The next process waits for the lease of the dead one.
    stage.pass(0.2);
    await coverageTick(services);
    stage.pass(0.2);
    await coverageTick(services);
    await send();
    expect([at, ...events()]).toEqual([at, '1 late']);
    if (writes < at) break;
  }
});

test('a channel hears of its own rules and kinds of change only, and one that is down delays no other', async () => {
  const { stage, tick, got, down } = telling({ 'vm-1': 20 }, [
    { name: 'broken', url: 'NOTIFY_A_URL' },
    { name: 'others', url: 'NOTIFY_B_URL', rules: ['disks'] },
    { name: 'downs', url: 'NOTIFY_C_URL', tells: ['down'] },
    channel,
  ]);
  down.add('https://broken.example');
  await tick();
  stage.pass(10);
  await tick();
  expect(got.map(({ url }) => url)).toEqual(['https://ops.example']);
  down.clear();
  stage.pass(0.1);
  await tick();
  expect(got.map(({ url }) => url)).toEqual(['https://ops.example', 'https://broken.example']);
});

test('a digest comes once a day in local time, with what is not as it should be', async () => {
  const { stage, tick, got } = telling({ 'vm-1': 50, 'vm-2': undefined }, [
    { ...channel, tells: [], digest: { cron: '0 7 * * *', timeZone: 'Europe/Berlin' } },
  ]);
  for (let hour = 0; hour < 48; hour++) {
    await tick();
    stage.pass(1);
  }
  expect(got.map(({ told }) => told.type)).toEqual([
    'AzureBackupAutomation.CoverageDigest',
    'AzureBackupAutomation.CoverageDigest',
  ]);
  expect(got[0]?.told.data).toMatchObject({
    sentence:
      '0 of 2 selected resources have a recovery point as young as is asked; 1 down, 1 never backed up.',
    counts: { down: 1, neverBackedUp: 1 },
    more: 0,
  });
});

test('the sign of life stops when nothing has been read for three hours', async () => {
  const { stage, tick, pings } = telling({ 'vm-1': 5 });
  await tick();
  expect(pings).toEqual(['https://ping.example']);
  // As if an instance held the refresh and never came to its end.
  const row = await stage.table.read('refresh', 'current');
  await stage.table.put({
    partitionKey: 'refresh',
    rowKey: 'current',
    data: String(row?.['data']),
    leasedUntil: '9999',
  });
  stage.pass(2.9);
  await tick();
  expect(pings).toHaveLength(2);
  stage.pass(0.2);
  await tick();
  expect(pings).toHaveLength(2);
});
