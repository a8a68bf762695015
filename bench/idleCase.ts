// A day in which nothing happens: what the app's timers do all the same.
import { readdirSync, readFileSync } from 'node:fs';
import { startEmbeddedApp } from '../test/support/embeddedApp.ts';
import { startCallMeter } from './callMeter.ts';
import type { IdleApp } from './idleCost.ts';
import { planWorld, samplePlan } from '../test/support/planWorld.ts';
import { answer, argument } from './ownProcess.ts';

const { hasPlan } = argument<{ hasPlan: boolean }>();
const estate = planWorld({
  accounts: [
    {
      name: 'papers01',
      shares: ['docs', 'plans'],
      protectedShares: ['docs', 'plans'],
      tags: { backup: 'daily' },
    },
  ],
});
const app = await startEmbeddedApp({
  startAt: '2026-08-22T12:00:00Z',
  ...(hasPlan ? { world: estate, plan: () => samplePlan(), coverage: true } : { world: {} }),
});
const calls = await startCallMeter(() => app.clock.now());
await app.clock.runFor(86_400_000);
calls.stop();
/** A timer without a monitor stores nothing when it fires. */
const isMonitored = (name: string): boolean =>
  !/useMonitor: false/.test(readFileSync(`src/functions/${name}.timer.ts`, 'utf8'));
const timers = readdirSync('src/functions')
  .filter((name) => name.endsWith('.timer.ts'))
  .map((name) => name.replace('.timer.ts', ''))
  .filter(isMonitored);
const operations = Object.values(app.tables).flatMap(({ operations }) => Object.values(operations));
answer({
  queues: readdirSync('src/functions').filter((name) => name.endsWith('.queue.ts')).length,
  timersPerDay: timers.reduce((sum, name) => sum + (calls.executions[name] ?? 0), 0),
  tableOperationsPerDay: operations.reduce((sum, count) => sum + count, 0),
} satisfies IdleApp);
