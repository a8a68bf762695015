import { describe, expect, test } from 'vitest';
import type { FaultRuleSeed } from '../../local/arm-simulator/faults.ts';
import { seededRandom } from '../../local/functions-host/clock/seededRandom.ts';
import {
  blobInstanceId,
  diskInstanceId,
  drillOnce,
  into,
  leftIn,
  machineTarget,
  shareTarget,
  type DrillSeen,
} from '../support/drillWorld.ts';
import type { DeathPoint } from '../support/mortalPorts.ts';

const bodies = {
  share: { target: shareTarget, into },
  disk: { target: { id: diskInstanceId }, into },
  blobs: { target: { id: blobInstanceId }, into },
  machine: { target: machineTarget, into },
} as const;

/** Everything that was deleted and is not the drill's. */
const deletedOfOthers = ({ app }: DrillSeen): readonly string[] =>
  app.simulator.effects
    .all()
    .filter(
      ({ kind, subject }) => kind.startsWith('delete') && !/\/abd-|drillshares|drillstaging/.test(subject),
    )
    .map(({ subject }) => subject);

/** What went wrong for good, once the watchdog has had its time. */
async function harmOf(seen: DrillSeen): Promise<readonly string[]> {
  const { app } = seen;
  await app.clock.runUntil(() => app.tables.drillCleanUps.rows().length === 0, 5 * 86_400_000);
  const restores = app.simulator.effects.count('restored');
  return [
    ...leftIn(app).map((id) => `left ${id}`),
    ...(app.tables.drillCleanUps.rows().length > 0 ? ['a clean-up row is left'] : []),
    ...deletedOfOthers(seen).map((id) => `deleted ${id}`),
    ...(restores > 1 ? [`restored ${restores} times`] : []),
  ];
}

async function play(kind: keyof typeof bodies, options: Parameters<typeof drillOnce>[1] = {}) {
  const seen = await drillOnce(bodies[kind], options);
  const harm = await harmOf(seen);
  const { names } = seen.app.portCalls;
  await seen.app.stop();
  return { status: seen.run.status, error: seen.run.error?.message, harm, names: [...names] };
}

/**
 * Where a process dies: before and after every request, and after every call that changes something. Dying before one
 * of those leaves what dying after the one before it leaves, and dying after a look what dying before it leaves.
 */
const deathsOf = (names: readonly string[]): readonly DeathPoint[] =>
  names.flatMap((name, index): readonly DeathPoint[] => {
    const call = index + 1;
    if (name === 'read' || name === 'page') return [];
    return [...(name === 'send' ? [{ call, when: 'before' as const }] : []), { call, when: 'after' }];
  });

describe.each(['share', 'disk', 'blobs'] as const)('whenever the process dies in a drill of %s', (kind) => {
  test('it is restored once and proven, and nothing is left', async () => {
    const { names } = await play(kind);
    const bad: string[] = [];
    const deaths = deathsOf(names);
    for (const deathAt of deaths) {
      const { status, error, harm } = await play(kind, { deathAt });
      const where = `${deathAt.when} call ${deathAt.call} (${names[deathAt.call - 1]})`;
      if (status !== 'completed' || harm.length > 0)
        bad.push(`${where}: ${status} ${error ?? ''} ${harm.join(', ')}`);
    }
    expect(deaths.filter(({ when }) => when === 'before').length).toBeGreaterThan(5);
    expect(deaths.length).toBeGreaterThan(50);
    expect(bad).toEqual([]);
  }, 300_000);
});

const routes = [
  'recoveryServices.*',
  'dataProtection.*',
  'resources.*',
  'recoveryServices.restore',
  'dataProtection.restore',
  'resources.deleteShare',
  'resources.deleteDisk',
  'resources.putShare',
  'subscriptions.putGroup',
  'subscriptions.deleteGroup',
  'recoveryServices.validateRestore',
];
const faults = [
  { kind: 'drop', when: 'after' },
  { kind: 'drop', when: 'before' },
  { kind: 'reply', status: 500, shape: 'gateway', code: 'InternalServerError' },
  { kind: 'reply', status: 503, shape: 'gateway', code: 'ServerBusy', when: 'after' },
  { kind: 'reply', status: 403, shape: 'gateway', code: 'AuthorizationFailed' },
  { kind: 'reply', status: 429, shape: 'gateway', code: 'TooManyRequests' },
  { kind: 'job', status: 'Failed' },
  { kind: 'job', seconds: 90_000 },
  { kind: 'restored', variant: 'empty' },
  { kind: 'restored', variant: 'corrupt' },
  { kind: 'polls', status: 500 },
  { kind: 'delay', seconds: 100 },
] as const;

test('in random worlds nothing is left, nothing of others is deleted, and nothing is restored twice', async () => {
  const bad: string[] = [];
  const endings = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const kind = pick(['share', 'disk', 'blobs', 'machine'] as const);
    const rules = Array.from(
      { length: 1 + Math.floor(random() * 3) },
      () =>
        ({
          on: pick(routes),
          nth: 1 + Math.floor(random() * 6),
          times: 1 + Math.floor(random() * 3),
          fault: pick(faults),
        }) as unknown as FaultRuleSeed,
    );
    const deathAt = { call: 1 + Math.floor(random() * 150), when: pick(['before', 'after'] as const) };
    const { harm, status } = await play(kind, { faults: rules, seed, deathAt });
    endings.add(status);
    if (harm.length > 0) bad.push(`seed ${seed} (${kind}, ${JSON.stringify(rules)}): ${harm.join(', ')}`);
  }
  expect([...endings]).toEqual(expect.arrayContaining(['completed', 'failed']));
  expect(bad).toEqual([]);
}, 300_000);
