// npm run soak [-- --minutes N --concurrent N]: backups all the time on the real clock, while storage and Azure go away and the app is killed.
import { setTimeout as pause } from 'node:timers/promises';
import { numberFrom, orExit, readOptions, wholeNumberFrom } from '../../local/commandLine.ts';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import { simulatorControl } from '../../local/simulatorControl.ts';
import { Caller, nothingMet, type Met, type RunSeen } from './caller.ts';
import { childWith, residentKilobytes, slopePerMinute } from './processes.ts';
import { soakWorld, targetOf } from './world.ts';

const { minutes, concurrent } = orExit('npm run soak -- [--minutes N] [--concurrent N]', () => {
  const values = readOptions({
    minutes: { type: 'string', default: '10' },
    concurrent: { type: 'string', default: '1000' },
  });
  return {
    minutes: numberFrom('minutes', values.minutes, 1, 10_000),
    concurrent: wholeNumberFrom('concurrent', values.concurrent, 1, 100_000),
  };
});

/** Seconds for which a part is away. */
const awaySeconds = 20;
/** What is in flight may take so long to settle after a disturbance: a doubtful POST six minutes after its window. */
const settleMilliseconds = 12 * 60_000;
/** Answers may still fail so long after a part has come back: calls in flight, a new worker. */
const recoveryMilliseconds = 20_000;

interface Soak {
  readonly environment: Environment;
  readonly met: Met;
  readonly endings: Map<string, RunSeen | undefined>;
  /** Until when answers may fail. */
  disturbedUntil: number;
}

async function away(soak: Soak, name: string, pid: number): Promise<void> {
  console.log(`${name} is away for ${awaySeconds} s`);
  soak.disturbedUntil = Number.POSITIVE_INFINITY;
  process.kill(pid, 'SIGSTOP');
  await pause(awaySeconds * 1000);
  process.kill(pid, 'SIGCONT');
  soak.disturbedUntil = Date.now() + recoveryMilliseconds;
}

async function killed(soak: Soak): Promise<void> {
  console.log('the app is killed');
  soak.disturbedUntil = Date.now() + recoveryMilliseconds;
  process.kill(soak.environment.worker(), 'SIGKILL');
  await pause(1000);
}

/** Three disturbances of each kind in the first two thirds of the time; the last third is quiet. */
async function disturb(soak: Soak): Promise<void> {
  const [storage, arm] = [childWith('azurite.js'), childWith('arm-simulator/cli.ts')];
  const rounds = Math.max(1, Math.min(3, Math.floor(minutes / 2)));
  const gap = (minutes * 60_000 * 2) / 3 / (rounds * 3 + 1);
  const kinds = [() => away(soak, 'storage', storage), () => away(soak, 'Azure', arm), () => killed(soak)];
  for (let round = 0; round < rounds; round++) {
    for (const happen of kinds) {
      await pause(Math.max(1000, gap - awaySeconds * 1000));
      await happen();
    }
  }
}

/** One caller: a backup of its own share after the other, until the time is over. */
async function callOn(soak: Soak, share: number, stopAt: number): Promise<void> {
  const caller = new Caller(soak.environment.app, soak.met, () => Date.now() < soak.disturbedUntil);
  for (let times = 0; times === 0 || Date.now() < stopAt; times++) {
    const run = await caller.accept(targetOf(share), `soak-${share}-${times}`, stopAt + settleMilliseconds);
    if (!run) return void soak.endings.set(`share ${share}, never accepted`, undefined);
    soak.endings.set(run.id, undefined);
    const ended = await caller.ending(run.id, stopAt + settleMilliseconds);
    soak.endings.set(run.id, ended);
  }
}

type Sample = readonly [at: number, kilobytes: number];

/** Memory of the app every five seconds, for the worker of the moment. */
function watchMemory({ environment }: Soak): { readonly samples: Map<number, Sample[]>; stop(): void } {
  const samples = new Map<number, Sample[]>();
  const timer = setInterval(() => {
    const pid = environment.worker();
    const kilobytes = residentKilobytes(pid);
    if (kilobytes === undefined) return;
    const own = samples.get(pid) ?? [];
    own.push([Date.now(), kilobytes]);
    samples.set(pid, own);
  }, 5000);
  return { samples, stop: () => clearInterval(timer) };
}

/** Applied backups beyond one for each run of an item. */
async function doubled({ environment, endings }: Soak): Promise<number> {
  const effects = await simulatorControl(environment.arm, environment.ca).effects();
  const applied = effects.filter(({ kind }) => kind === 'backup').length;
  return Math.max(0, applied - endings.size);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const inWords = (name: string, all: readonly number[]): string =>
  `${name}: ${all.length} answers, ${percentile(all, 0.5)} ms in the middle, ${percentile(all, 0.99)} ms for 99 of 100`;

async function report(
  soak: Soak,
  samples: ReadonlyMap<number, readonly Sample[]>,
  quietFrom: number,
): Promise<boolean> {
  const { endings, met } = soak;
  const seen = [...endings.values()];
  const ended = seen.filter((run) => run?.endedAt !== undefined);
  const otherwise = ended.flatMap((run) => (run && run.status !== 'completed' ? [run] : []));
  const twice = await doubled(soak);
  const quiet = ([...samples.values()].at(-1) ?? []).filter(([at]) => at >= quietFrom);
  for (const [pid, own] of samples)
    console.log(
      `memory of worker ${pid}: ${own.map(([, kilobytes]) => Math.round(kilobytes / 1024)).join(' ')} MB`,
    );
  for (const { id, status, error } of otherwise.slice(0, 10))
    console.log(`run ${id} ended ${status}: ${JSON.stringify(error ?? {})}`);
  for (const refusal of met.lastRefusals.slice(0, 10)) console.log(`undisturbed: ${refusal}`);
  console.log(inWords('accepting', met.latencies.accept));
  console.log(inWords('reading', met.latencies.read));
  console.log(`memory in the quiet third: ${slopePerMinute(quiet).toFixed(0)} KB a minute`);
  const lost = seen.length - ended.length;
  const { disturbed, undisturbed } = met.refused;
  console.log(
    `minutes ${minutes}, concurrent ${concurrent}, runs ${seen.length}, completed ${ended.length - otherwise.length}, ` +
      `ended otherwise ${otherwise.length}, lost ${lost}, doubled ${twice}, ` +
      `failed answers ${disturbed} while disturbed and ${undisturbed} otherwise`,
  );
  return lost + twice + otherwise.length + undisturbed === 0 && seen.length > 0;
}

const environment = await startEnvironment({ world: soakWorld(concurrent), timeScale: 30 });
try {
  const soak: Soak = { environment, met: nothingMet(), endings: new Map(), disturbedUntil: 0 };
  const memory = watchMemory(soak);
  const begun = Date.now();
  const stopAt = begun + minutes * 60_000;
  const callers = Array.from({ length: concurrent }, (_, share) => callOn(soak, share, stopAt));
  await Promise.all([disturb(soak), ...callers]);
  memory.stop();
  process.exitCode = (await report(soak, memory.samples, begun + (minutes * 60_000 * 2) / 3)) ? 0 : 1;
} finally {
  await environment.stop();
}
