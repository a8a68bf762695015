import type { Clock } from '../../../local/arm-simulator/clock.ts';
import type { FaultRuleSeed } from '../../../local/arm-simulator/faults.ts';
import { createSimulator, type Simulator } from '../../../local/arm-simulator/simulator.ts';
import type { WorldSeed } from '../../../local/arm-simulator/world.ts';

export const group = '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg1';
export const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/v1`;
export const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/acct1`;
export const machineId = `${group}/providers/Microsoft.Compute/virtualMachines/vm1`;

/** One account with the share `docs`, one machine with the database `orders`, one vault with the policy `files`. */
export const smallWorld = {
  resources: [{ id: accountId, shares: ['docs'] }, { id: machineId }],
  recoveryServices: {
    vaults: [{ id: vaultId, policies: [{ name: 'files' }] }],
    datasources: [{ virtualMachineId: machineId, database: 'orders' }],
  },
} satisfies WorldSeed;

/** The same with both share and machine and database protected. */
export const protectedWorld = {
  ...smallWorld,
  recoveryServices: {
    ...smallWorld.recoveryServices,
    vaults: [
      {
        id: vaultId,
        policies: [{ name: 'files' }],
        items: [
          { storageAccountId: accountId, share: 'docs', policy: 'files' },
          { virtualMachineId: machineId, policy: 'DefaultPolicy' },
          { virtualMachineId: machineId, database: 'orders', policy: 'HourlyLogBackup' },
        ],
      },
    ],
  },
} satisfies WorldSeed;

/** A reply, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
  /** Parsed body; an empty object when there is none. */
  readonly body: Body;
}

/** Loosely typed on purpose: a test names the fields it expects. */
export interface Body {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string };
  readonly value: Body[];
  readonly nextLink?: string;
  readonly properties: Record<string, unknown> & { readonly jobId: string };
}

/** A simulator on a clock that only the test moves, 2026-08-22T02:00:00Z at first. */
export interface Cloud {
  readonly simulator: Simulator;
  /** Moves time forward. */
  wait(seconds: number): void;
  send(method: string, pathOrUrl: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(pathOrUrl: string): Promise<Answer>;
}

export function simulatedCloud(options: { world?: WorldSeed; faults?: FaultRuleSeed[] } = {}): Cloud {
  let now = Date.parse('2026-08-22T02:00:00Z');
  const clock: Clock = {
    now: () => now,
    after(delayMs, run) {
      now += delayMs;
      queueMicrotask(run);
      return { id: 1 };
    },
    cancel: () => undefined,
    random: () => 0.5,
  };
  const simulator = createSimulator({
    world: options.world ?? smallWorld,
    clock,
    faults: options.faults ?? [],
  });
  const send: Cloud['send'] = async (method, pathOrUrl, body, headers = {}) => {
    const url = pathOrUrl.startsWith('https://') ? pathOrUrl : `https://arm.test${withVersion(pathOrUrl)}`;
    const reply = await simulator.handle({
      method,
      url,
      headers: { Authorization: 'Bearer token', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, headers: reply.headers, text: reply.body, body: parsed(reply.body) };
  };
  return {
    simulator,
    send,
    get: (path) => send('GET', path),
    wait: (seconds) => void (now += seconds * 1000),
  };
}

const parsed = (text: string | undefined): Body => {
  try {
    return JSON.parse(text ?? '{}') as Body;
  } catch {
    return {} as Body;
  }
};

const withVersion = (path: string): string =>
  /[?&]api-version=/.test(path) ? path : `${path}${path.includes('?') ? '&' : '?'}api-version=2025-08-01`;

/** A path with `$filter`. */
export const filtered = (path: string, filter: string): string =>
  `${path}?$filter=${encodeURIComponent(filter)}`;

/** The item with this friendly name, as the vault lists it. */
export async function itemNamed(cloud: Cloud, friendlyName: string): Promise<Body> {
  const { body } = await cloud.get(`${vaultId}/backupProtectedItems`);
  const found = body.value.find((item) => item.properties['friendlyName'] === friendlyName);
  if (found === undefined) throw new Error(`no item ${friendlyName}`);
  return found;
}

/** Body of a backup that keeps its point until New Year. */
export const backUpShare = {
  properties: {
    objectType: 'AzureFileShareBackupRequest',
    recoveryPointExpiryTimeInUTC: '2027-01-01T00:00:00Z',
  },
};
