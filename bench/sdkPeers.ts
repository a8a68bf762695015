import { RecoveryServicesBackupClient } from '@azure/arm-recoveryservicesbackup';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { Simulator } from '../local/arm-simulator/simulator.ts';

/** How a script on the public client backs a fleet up and follows each job by itself. */
export interface Peer {
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

/** Every peer; the client's own default is three retries. */
export const peers: readonly Peer[] = [
  { name: 'SDK, `Promise.all`', atATime: Infinity, retries: 3 },
  { name: 'SDK, 10 at a time', atATime: 10, retries: 3 },
  { name: 'SDK, 50 at a time', atATime: 50, retries: 3 },
  { name: 'SDK, 200 at a time', atATime: 200, retries: 3 },
  { name: 'SDK, `Promise.all`, ten retries', atATime: Infinity, retries: 10 },
  { name: 'SDK, token limiter, ten retries', atATime: Infinity, retries: 10, limited: true },
  { name: 'naive loop per job', atATime: Infinity, retries: 0, stubborn: true },
];

const pollMs = 60_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Runs tasks, so many at a time. */
async function inParallel<T>(
  all: readonly T[],
  atATime: number,
  run: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const lane = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, all.length) }, lane));
}

/** A bucket of tokens: waits until one is there. */
function tokens(capacity: number, perSecond: number): () => Promise<void> {
  let fullAt = 0;
  return async () => {
    const now = Date.now();
    fullAt = Math.max(fullAt, now) + 1000 / perSecond;
    const wait = fullAt - now - (capacity * 1000) / perSecond;
    if (wait > 0) await pause(Math.ceil(wait));
  };
}

const transportOf = (simulator: Simulator): HttpClient => ({
  async sendRequest(request) {
    const { method, url, body } = request;
    const text = typeof body === 'string' ? { body } : {};
    const reply = await simulator.handle({ method, url, headers: request.headers.toJSON(), ...text });
    const headers = Object.entries(reply.headers).map(([name, value]) => [name, String(value)]);
    const head = createHttpHeaders(Object.fromEntries(headers));
    return { request, status: reply.status, headers: head, bodyAsText: reply.body ?? '' };
  },
});

/** What the script learnt of one backup: its job, and when it knew that the job had ended (milliseconds). */
export interface PeerEnding {
  readonly jobId: string;
  readonly knownAt: number;
}

interface Parts {
  readonly vault: string;
  readonly group: string;
  readonly container: string;
  readonly item: string;
}

function partsOf(itemId: string): Parts {
  const parts = itemId.split('/');
  const after = (name: string) => parts[parts.indexOf(name) + 1] ?? '';
  return {
    ...{ vault: after('vaults'), group: after('resourceGroups') },
    ...{ container: after('protectionContainers'), item: after('protectedItems') },
  };
}

/** Backs all items up as the peer does, adding endings as they are known. One whose script failed has none. */
export async function runPeer(
  peer: Peer,
  simulator: Simulator,
  subscriptionId: string,
  itemIds: readonly string[],
  endings: PeerEnding[],
): Promise<void> {
  const credential = {
    getToken: () => Promise.resolve({ token: 'c'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  };
  const client = new RecoveryServicesBackupClient(credential, subscriptionId, {
    httpClient: transportOf(simulator),
    retryOptions: { maxRetries: peer.retries },
  });
  const [write, read] = peer.limited ? [tokens(200, 10), tokens(250, 25)] : [undefined, undefined];
  const send = async <T>(limiter: (() => Promise<void>) | undefined, call: () => Promise<T>): Promise<T> => {
    for (;;) {
      await limiter?.();
      try {
        return await call();
      } catch (error) {
        if (!peer.stubborn) throw error;
        await pause(pollMs);
      }
    }
  };
  await inParallel(itemIds, peer.atATime, async (itemId) => {
    try {
      const parts = partsOf(itemId);
      const operation = await send(write, () => begin(client, parts));
      const jobId = await untilSome(() => send(read, () => jobOf(client, parts, operation)));
      await untilSome(() => send(read, () => endOf(client, parts, jobId)));
      endings.push({ jobId: jobId.toLowerCase(), knownAt: Date.now() });
    } catch {
      // The script has lost this backup: it counts as lost.
    }
  });
}

/** Asks every minute, as the service says, until there is an answer. */
async function untilSome<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    await pause(pollMs);
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}

/** Id of the operation that the backup began. */
async function begin(client: RecoveryServicesBackupClient, parts: Parts): Promise<string> {
  let poll = '';
  const { vault, group, container, item } = parts;
  await client.backups.trigger(
    vault,
    group,
    'Azure',
    container,
    item,
    { properties: { objectType: 'AzureFileShareBackupRequest' } },
    { onResponse: ({ headers }) => (poll = headers.get('azure-asyncoperation') ?? '') },
  );
  const id = /operationsStatus\/([^/?]+)/i.exec(poll)?.[1];
  if (id === undefined) throw new Error(`No operation in ${poll.slice(0, 200)}`);
  return id;
}

async function jobOf(
  client: RecoveryServicesBackupClient,
  { vault, group, container, item }: Parts,
  operation: string,
): Promise<string | undefined> {
  const { properties, status } = await client.protectedItemOperationStatuses.get(
    vault,
    group,
    'Azure',
    container,
    item,
    operation,
  );
  if (status === 'Failed') throw new Error('The operation failed.');
  return properties && 'jobId' in properties ? properties.jobId : undefined;
}

async function endOf(
  client: RecoveryServicesBackupClient,
  { vault, group }: Parts,
  jobId: string,
): Promise<string | undefined> {
  const status = (await client.jobDetails.get(vault, group, jobId)).properties?.status;
  return status === 'InProgress' ? undefined : status;
}
