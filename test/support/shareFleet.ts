import type { WorldSeed } from '../../local/arm-simulator/world.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp, type EmbeddedAppOptions } from './embeddedApp.ts';
import { numbered } from './planWorld.ts';
import { shareTarget, shareWorld, storageAccountId, type ShareWorld } from './shareWorld.ts';

/** Seconds that the backup job of each share takes, by the share's name. */
export type JobSeconds = Readonly<Record<string, number>>;

/** So many shares `docs01`, `docs02`, … whose jobs take `from` seconds and each `step` longer than the one before. */
export const shareJobs = (count: number, from: number, step = 0): JobSeconds =>
  Object.fromEntries(numbered('docs', count).map((share, index) => [share, from + index * step]));

/** A vault in which every share of `jobs` is protected, with the simulator's settings. */
export function fleetWorld(
  jobs: JobSeconds,
  settings: NonNullable<WorldSeed['settings']> = {},
  differs: ShareWorld = {},
): WorldSeed {
  const shares = Object.keys(jobs);
  const world = shareWorld({ shares, protectedShares: shares, ...differs });
  const datasources = shares.map((share) => ({
    ...{ storageAccountId, share, ...differs.datasource },
    jobs: [{ seconds: jobs[share] ?? 0 }],
  }));
  return { ...world, settings, recoveryServices: { ...world.recoveryServices, datasources } };
}

/** Starts the app and asks for a backup of every share of the world, one run each. */
export async function askForEach(
  options: EmbeddedAppOptions,
  shares: readonly string[],
): Promise<{ readonly app: EmbeddedApp; readonly ids: readonly string[] }> {
  const app = await startEmbeddedApp(options);
  const ids: string[] = [];
  for (const share of shares) {
    const answer = await app.request('POST', '/api/backups', { target: shareTarget(share) });
    ids.push((answer?.body as RunRecord).id);
  }
  return { app, ids };
}

/** Lets every run end; the app still runs. */
export async function allEnded(app: EmbeddedApp, ids: readonly string[], hours = 48): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const id of ids) records.push(await app.runEnded(id, hours));
  return records;
}

/** Instants, in milliseconds, of the requests of a route; `status` narrows them. */
export const sentAt = (app: EmbeddedApp, route: string, status?: number): readonly number[] =>
  app.simulator.log
    .filter((entry) => entry.route === route && (status === undefined || entry.status === status))
    .map(({ time }) => Date.parse(time));

/** When the app asked about jobs: lists and reads of single ones. */
export const looksAt = (app: EmbeddedApp): readonly number[] =>
  [...sentAt(app, 'recoveryServices.jobs'), ...sentAt(app, 'recoveryServices.job')].sort((a, b) => a - b);
