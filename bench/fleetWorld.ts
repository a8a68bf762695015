import type { FaultRuleSeed } from '../local/arm-simulator/faults.ts';
import type { ArmReply } from '../local/arm-simulator/exchange.ts';
import type { Simulator } from '../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../local/arm-simulator/world.ts';
import { seededRandom } from '../local/functions-host/clock/seededRandom.ts';

/** One fleet: how many backups, how long their jobs run, on which budget, in how many vaults. */
export interface FleetCase {
  readonly name: string;
  readonly backups: number;
  readonly vaults: number;
  /** Seconds of every job, or log-normal around a median of half an hour. */
  readonly jobSeconds: number | 'logNormal';
  /** Each job of a fixed length runs up to so many seconds longer, by seed: no end meets a poll by its round minute. */
  readonly jitterSeconds?: number;
  /** Machines instead of shares: their jobs are followed for a day, those of shares for six hours. */
  readonly machines?: true;
  /** `bucket`: 250 + 25/s for each action; `hourly`: 150 an hour for reads of jobs and of operations. */
  readonly quota: 'bucket' | 'hourly';
  /** Requests a minute that another principal takes out of every provider bucket. */
  readonly rivalPerMinute?: number;
  /** Another principal takes half the refill of ARM's write bucket too. */
  readonly rivalWrites?: true;
  /** Rows of a list page; default 1,000. */
  readonly pageSize?: number;
  /** What else the simulated budgets do. */
  readonly throttling?: NonNullable<NonNullable<WorldSeed['settings']>['throttling']>;
  /** What goes wrong from the first request for a backup on. */
  readonly faults?: readonly FaultRuleSeed[];
  /** Whether jobs carry the id of the request that began them. */
  readonly echo?: boolean;
  /** Of the jobs' lengths and of the clock; default 1, with the lengths of seed 7. */
  readonly seed?: number;
}

/** Subscription of every vault and source. */
export const subscriptionId = '11111111-2222-4333-8444-555555555555';
const subscription = `/subscriptions/${subscriptionId}`;
/** When every fleet starts, ISO 8601 UTC. */
export const startAt = '2026-08-22T02:00:00.000Z';
const jobReads = 'Microsoft.RecoveryServices/vaults/backupJobs/read';
const operationReads = 'Microsoft.RecoveryServices/vaults/backupOperations/read';
/** What the simulated service asks to wait between looks at a job. */
export const retryAfterSeconds = 60;

const vaultId = (vault: number): string =>
  `${subscription}/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/vault${vault}`;
const accountId = (vault: number): string =>
  `${subscription}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/account${vault}`;

/** Seconds of each backup's job. */
export function lengths({ backups, jobSeconds, jitterSeconds, seed }: FleetCase): readonly number[] {
  const random = seededRandom(seed ?? 7);
  const jitter = () => Math.floor(random() * (jitterSeconds ?? 0));
  if (jobSeconds !== 'logNormal') return Array.from({ length: backups }, () => jobSeconds + jitter());
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: backups }, () => Math.round(1800 * Math.exp(0.6 * normal())));
}

/** A world of vaults with protected shares; the length of each share's next job is part of it. */
export function worldOf(fleet: FleetCase, seconds: readonly number[]): WorldSeed {
  const shares = seconds.map((length, index) => ({
    vault: index % fleet.vaults,
    share: `share${index}`,
    length,
  }));
  const of = (vault: number) => shares.filter((share) => share.vault === vault);
  const vaults = Array.from({ length: fleet.vaults }, (_, vault) => vault);
  return {
    settings: {
      echoActivityId: fleet.echo ?? true,
      pageSize: fleet.pageSize ?? 1000,
      throttling: {
        ...{
          armReads: 3750,
          armReadsPerSecond: 375,
          armWrites: 3000,
          armWritesPerSecond: fleet.rivalWrites ? 75 : 150,
        },
        ...(fleet.quota === 'hourly'
          ? {
              provider: 'hourly' as const,
              providerLimit: 1_000_000,
              providerLimits: { [jobReads]: 150, [operationReads]: 150 },
            }
          : { provider: 'refilling' as const, providerLimit: 250, providerRefillPerSecond: 25 }),
        rivalPerMinute: fleet.rivalPerMinute ?? 0,
        ...fleet.throttling,
      },
    },
    resources: vaults.flatMap((vault) => sourcesOf(fleet, vault, of(vault))),
    recoveryServices: {
      vaults: vaults.map((vault) => ({
        id: vaultId(vault),
        policies: [
          { name: 'daily', kind: fleet.machines ? ('AzureIaasVM' as const) : ('AzureStorage' as const) },
        ],
        items: of(vault).map(({ share }) => ({ ...sourceOf(fleet, vault, share), policy: 'daily' })),
      })),
      datasources: shares.map(({ vault, share, length }) => ({
        ...sourceOf(fleet, vault, share),
        jobs: [{ seconds: length }],
      })),
    },
  };
}

const machineId = (name: string): string =>
  `${subscription}/resourceGroups/data/providers/Microsoft.Compute/virtualMachines/${name}`;

const sourceOf = ({ machines }: FleetCase, vault: number, share: string) =>
  machines ? { virtualMachineId: machineId(share) } : { storageAccountId: accountId(vault), share };

function sourcesOf(
  { machines }: FleetCase,
  vault: number,
  shares: readonly { readonly share: string }[],
): NonNullable<WorldSeed['resources']> {
  const names = shares.map(({ share }) => share);
  if (machines) return names.map((name) => ({ id: machineId(name) }));
  return [{ id: accountId(vault), location: 'westeurope', kind: 'StorageV2', shares: names }];
}

interface ListedRow {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface Page {
  readonly value?: readonly ListedRow[];
  readonly nextLink?: string;
}

/** Asks the simulator beside the app: nothing of this is counted. */
async function ask(simulator: Simulator, path: string): Promise<readonly ListedRow[]> {
  const rows: ListedRow[] = [];
  for (let url: string | undefined = `https://management.azure.com${path}`; url !== undefined;) {
    const headers = { authorization: `Bearer ${'b'.repeat(64)}` };
    const reply: ArmReply = await simulator.handle({ method: 'GET', url, headers });
    const body = JSON.parse(reply.body ?? '{}') as Page;
    if (!body.value) throw new Error(`The simulator answered ${reply.status} to ${url}: ${reply.body}`);
    rows.push(...body.value);
    url = body.nextLink;
  }
  return rows;
}

/** Asks many lists with every provider's counter out of force: what the harness wants to know costs the app nothing. */
async function askAll(simulator: Simulator, paths: readonly string[]): Promise<readonly ListedRow[]> {
  const { settings } = simulator.core;
  const throttling = { ...settings.throttling, provider: 'generous' as const };
  simulator.loadWorld({ settings: { ...settings, throttling } }, 'merge');
  const lists = await Promise.all(paths.map((path) => ask(simulator, path)));
  simulator.loadWorld({ settings }, 'merge');
  return lists.flat();
}

/** Ids of all items of a fleet. */
export async function itemsOf(
  simulator: Simulator,
  { vaults, machines }: FleetCase,
): Promise<readonly string[]> {
  const [type, item] = machines ? ['AzureIaasVM', 'VM'] : ['AzureStorage', 'AzureFileShare'];
  const filter = encodeURIComponent(`backupManagementType eq '${type}' and itemType eq '${item}'`);
  const paths = Array.from(
    { length: vaults },
    (_, vault) => `${vaultId(vault)}/backupProtectedItems?api-version=2025-08-01&$filter=${filter}`,
  );
  return (await askAll(simulator, paths)).map(({ id }) => id);
}

/** When each job really ended, in milliseconds since the epoch, by its id in lower case. */
export async function trueEnds(simulator: Simulator, vaults: number): Promise<ReadonlyMap<string, number>> {
  const paths = Array.from(
    { length: vaults },
    (_, vault) => `${vaultId(vault)}/backupJobs?api-version=2025-08-01`,
  );
  const rows = await askAll(simulator, paths);
  return new Map(
    rows.map(({ name, properties }) => [name.toLowerCase(), Date.parse(`${properties['endTime']}`)]),
  );
}

/** Seconds until the last job has ended if the write bucket were all that holds backups back. */
export const idealSeconds = (seconds: readonly number[]): number =>
  Math.max(...seconds.map((length, index) => Math.max(0, (index + 1 - 200) / 10) + length));
