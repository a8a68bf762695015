import { begin, endOf, jobOf, placeOf, publicClient } from './callsOfPeers.ts';
import { subscriptionId } from './fleetWorld.ts';
import { inParallel, pause, tokens } from './paceOfPeers.ts';
import { untilSettled, type Peer, type PeerStage } from './peerStage.ts';

/** How a script on the public client backs a fleet up and follows each job by itself. */
interface Script {
  readonly name: string;
  /** Backups in hand at a time, each held until its job's end is known. */
  readonly atATime: number;
  /** Retries of the client's own policy, which obeys Retry-After. */
  readonly retries: number;
  /** Ten writes and twenty-five reads a second after a burst of 200 and 250, in the script itself. */
  readonly limited?: true;
  /** An error is waited out for a minute and tried again, for ever. */
  readonly stubborn?: true;
}

/** The client's own default is three retries. */
const scripts: readonly Script[] = [
  { name: 'SDK, `Promise.all`', atATime: Infinity, retries: 3 },
  { name: 'SDK, 10 at a time', atATime: 10, retries: 3 },
  { name: 'SDK, 50 at a time', atATime: 50, retries: 3 },
  { name: 'SDK, 200 at a time', atATime: 200, retries: 3 },
  { name: 'SDK, `Promise.all`, ten retries', atATime: Infinity, retries: 10 },
  { name: 'SDK, token limiter, ten retries', atATime: Infinity, retries: 10, limited: true },
  { name: 'naive loop per job', atATime: Infinity, retries: 0, stubborn: true },
];

/** What the service asks for. */
const pollMs = 60_000;

type Send = <T>(call: () => Promise<T>) => Promise<T>;

const sender =
  (limiter: (() => Promise<void>) | undefined, isStubborn: boolean): Send =>
  async (call) => {
    for (;;) {
      await limiter?.();
      try {
        return await call();
      } catch (error) {
        if (!isStubborn) throw error;
        await pause(pollMs);
      }
    }
  };

/** Asks every minute until there is an answer. */
async function untilSome<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    await pause(pollMs);
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}

/** Backs all items up, adding endings as they are known. */
async function run(script: Script, { simulator, itemIds, endings }: PeerStage): Promise<void> {
  const client = publicClient(simulator, subscriptionId, script.retries);
  const write = sender(script.limited && tokens(200, 10), script.stubborn ?? false);
  const read = sender(script.limited && tokens(250, 25), script.stubborn ?? false);
  await inParallel(itemIds, script.atATime, async (itemId) => {
    try {
      const place = placeOf(itemId);
      const operation = await write(() => begin(client, place));
      const jobId = await untilSome(() => read(() => jobOf(client, place, operation)));
      await untilSome(() => read(() => endOf(client, place, jobId)));
      endings.push({ jobId: jobId.toLowerCase(), knownAt: Date.now() });
    } catch {
      // The script has lost this backup: it counts as lost.
    }
  });
}

/** Scripts on the public client. Where all are in hand at once anyway, a number at a time says nothing. */
export const sdkPeers: readonly Peer[] = scripts.map((script) => ({
  name: script.name,
  // A thousand naive loops against 150 reads an hour send requests by the hundred thousand.
  fits: ({ backups, quota }) =>
    (script.atATime === Infinity || script.atATime < backups) &&
    !(script.stubborn && quota === 'hourly' && backups > 200),
  begin: (stage) => untilSettled(run(script, stage)),
}));
