import { begin, endOf, jobByVault, placeOf, publicClient, type ItemPlace } from './callsOfPeers.ts';
import { subscriptionId } from './fleetWorld.ts';
import { inParallel, pause } from './paceOfPeers.ts';
import { untilSettled, type Peer, type PeerStage } from './peerStage.ts';

/** Wall time of one process: 0.35 to 0.70 CPU-seconds a call are published, not measured here. */
const processMs = 500;
/** `az backup protection backup-now` asks for its operation so often, whatever Retry-After says. */
const operationPollMs = 5000;
/** `az backup job wait` sleeps so long after every look, the one that saw the end included. */
const jobPollMs = 30_000;
/** Retries of the command line's own pipeline, which obeys Retry-After. */
const retries = 3;

type Client = ReturnType<typeof publicClient>;

/**
 * The command finds container and item by list, starts the backup, asks for the operation at once and then every five
 * seconds, and reads the job once. A read of the item stands for the list: one request either way, without its rows.
 */
async function backUpNow(client: Client, place: ItemPlace): Promise<string> {
  const { vault, group, container, item } = place;
  await pause(processMs);
  const filter = "backupManagementType eq 'AzureStorage'";
  await client.backupProtectionContainers.list(vault, group, { filter }).next();
  await client.protectedItems.get(vault, group, 'Azure', container, item);
  const operation = await begin(client, place);
  for (;;) {
    const jobId = await jobByVault(client, place, operation);
    if (jobId !== undefined) {
      await endOf(client, place, jobId);
      return jobId;
    }
    await pause(operationPollMs);
  }
}

/** The command that waits: it looks, sleeps, and only then judges what it saw. */
async function waitForJob(client: Client, place: ItemPlace, jobId: string): Promise<void> {
  await pause(processMs);
  for (let end: string | undefined; end === undefined;) {
    end = await endOf(client, place, jobId);
    await pause(jobPollMs);
  }
}

/** @param isHeld whether a lane waits for its job before it starts the next backup. */
async function loop(
  { simulator, itemIds, endings }: PeerStage,
  lanes: number,
  isHeld: boolean,
): Promise<void> {
  const client = publicClient(simulator, subscriptionId, retries);
  const waits: Promise<void>[] = [];
  const lost = () => undefined;
  await inParallel(itemIds, lanes, async (itemId) => {
    const place = placeOf(itemId);
    const jobId = await backUpNow(client, place).catch(lost);
    if (jobId === undefined) return;
    const known = () => void endings.push({ jobId: jobId.toLowerCase(), knownAt: Date.now() });
    const wait = waitForJob(client, place, jobId).then(known, lost);
    waits.push(wait);
    if (isHeld) await wait;
  });
  await Promise.all(waits);
}

/** The command line in a loop: a model of its published behaviour, for it cannot run on a virtual clock. */
export const azPeers: readonly Peer[] = [
  {
    name: '`az`, model: started one by one, waits beside',
    begin: (stage) => untilSettled(loop(stage, 1, false)),
  },
  {
    name: '`az`, model: eight at a time, held to the end',
    begin: (stage) => untilSettled(loop(stage, 8, true)),
  },
];
