// A day in which nothing happens: what the app's timers do all the same.
import { readdirSync } from 'node:fs';
import { startEmbeddedApp } from '../test/support/embeddedApp.ts';
import { startCallMeter } from './callMeter.ts';
import type { IdleApp } from './idleCost.ts';
import { answer } from './ownProcess.ts';

const app = await startEmbeddedApp({ world: {}, startAt: '2026-08-22T12:00:00Z' });
const calls = await startCallMeter(() => app.clock.now());
await app.clock.runFor(86_400_000);
calls.stop();
const operations = Object.values(app.tables).flatMap(({ operations }) => Object.values(operations));
answer({
  queues: readdirSync('src/functions').filter((name) => name.endsWith('.queue.ts')).length,
  timersPerDay: calls.byTrigger['timerTrigger'] ?? 0,
  tableOperationsPerDay: operations.reduce((sum, count) => sum + count, 0),
} satisfies IdleApp);
