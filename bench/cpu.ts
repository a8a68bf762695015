import type { CpuProfile, Part } from './cpuProfile.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchOptions, BenchReport } from './report.ts';
import { spread } from './spread.ts';

const program = new URL('./cpuCase.ts', import.meta.url);

interface Run {
  readonly cpuMs: number;
  readonly profile: CpuProfile;
}

const appParts: readonly Part[] = ['src', 'libraries of the app'];
const otherParts: readonly Part[] = ['local host', 'simulator', 'storage in memory', 'harness'];
const hottest = 15;

/** CPU of a backup, told apart by whose code it was spent in. */
export async function cpu({ quick }: BenchOptions): Promise<BenchReport> {
  const backups = quick ? 200 : 1000;
  const fleet = { name: 'cpu', backups, vaults: 1, jobSeconds: 600, quota: 'bucket' };
  const runs: Run[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round++) runs.push(await inOwnProcess<Run>(program, fleet));
  const milliseconds = (share: (profile: CpuProfile) => number) =>
    spread(
      runs.map(({ cpuMs, profile }) => (cpuMs * share(profile)) / backups),
      2,
    );
  const of = (parts: readonly Part[]) => (profile: CpuProfile) =>
    parts.reduce((sum, part) => sum + profile.shares[part], 0);
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`;
  const last = runs.at(-1)?.profile;
  return {
    title: 'CPU of a backup',
    layer:
      `b: ${backups} backups in one process with the local host and the simulator, without sockets and TLS; the process's CPU ` +
      "shared out by sampled moments; Node's own functions count to their callers, garbage collection " +
      `(${percent(last?.garbage ?? 0)}) and what has no name (${percent(last?.unnamed ?? 0)}) to all alike`,
    columns: ['whose', 'CPU-ms per backup (min … max)'],
    rows: [
      ['the whole process', milliseconds(() => 1)],
      ['**the app: its sources and its libraries**', milliseconds(of(appParts))],
      ...[...appParts, ...otherParts].map((part) => [`– ${part}`, milliseconds(of([part]))]),
      ...(last?.hottest.slice(0, hottest) ?? []).map(({ name, share }) => [
        `\`${name}\``,
        (((runs.at(-1)?.cpuMs ?? 0) * share) / backups).toFixed(3),
      ]),
    ],
    data: runs.map(({ cpuMs, profile }) => ({
      cpuMs,
      profile: { ...profile, hottest: profile.hottest.slice(0, 60) },
    })),
  };
}
