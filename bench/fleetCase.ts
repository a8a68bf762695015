import { storedRows } from '../local/functions-host/durable/instanceRecord.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../test/support/embeddedApp.ts';
import { startCallMeter } from './callMeter.ts';
import { figuresOf, runRows, type FleetFigures } from './fleetFigures.ts';
import {
  idealSeconds,
  itemsOf,
  lengths,
  retryAfterSeconds,
  startAt,
  trueEnds,
  worldOf,
  type FleetCase,
} from './fleetWorld.ts';
import { createFlowMeter } from './flowMeter.ts';

/** A fleet's figures, with what is only known while it runs. */
export interface FleetResult extends FleetFigures {
  /** Backups that the service has begun. */
  readonly applied: number;
  readonly longestTrackerHistory: number;
  readonly wallSeconds: number;
}

/** Most history rows that a tracker's orchestration holds at this moment. */
const longestTracker = (app: EmbeddedApp): number =>
  Math.max(
    0,
    ...[...app.durable().engine.records()].filter(({ head }) => head.name === 'trackJobs').map(storedRows),
  );

const longestMinutes = 60 * 72;

const hasEnded = (status: unknown): boolean => status !== 'accepted' && status !== 'running';

async function acceptAll(app: EmbeddedApp, items: readonly string[]): Promise<void> {
  for (const id of items) {
    const answer = await app.request('POST', '/api/backups', { target: { id } });
    if (answer?.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(answer)}`);
  }
}

/** Lets time pass until every run has ended. @returns most history rows that a tracker held at the end of a minute. */
async function untilEnded(app: EmbeddedApp, runs: number): Promise<number> {
  let longest = 0;
  const ended = () => runRows(app).filter((row) => hasEnded(row['status'])).length;
  for (let minutes = 0; ended() < runs && minutes < longestMinutes; minutes++) {
    await app.clock.runFor(60_000);
    longest = Math.max(longest, longestTracker(app));
  }
  return longest;
}

/** Runs one fleet through the whole app on the virtual clock. */
export async function runFleet(fleet: FleetCase): Promise<FleetResult> {
  const begun = process.hrtime.bigint();
  const seconds = lengths(fleet);
  const { aroundFlows, instances, flows } = createFlowMeter();
  const world = worldOf(fleet, seconds);
  const seed = fleet.seed ?? 1;
  const app = await startEmbeddedApp({ world, startAt, seed, aroundFlows, instances });
  const items = await itemsOf(app.simulator, fleet);
  const asked = app.simulator.log.length;
  app.simulator.faults.add(fleet.faults ?? []);
  const calls = await startCallMeter(() => app.clock.now());
  await acceptAll(app, items);
  const longestTrackerHistory = await untilEnded(app, items.length);
  calls.stop();
  app.simulator.faults.clear();
  const applied = app.simulator.effects.count('backup');
  const log = app.simulator.log.slice(asked);
  const ends = await trueEnds(app.simulator, fleet.vaults);
  const ideal = idealSeconds(seconds);
  const trace = { app, log, flows, calls, ends, startAt, idealSeconds: ideal, retryAfterSeconds };
  const figures = figuresOf({ ...trace, backups: fleet.backups });
  await app.stop();
  const wallSeconds = Number((process.hrtime.bigint() - begun) / 1_000_000n) / 1000;
  return { ...figures, applied, longestTrackerHistory, wallSeconds };
}
