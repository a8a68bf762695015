import { candidateOf, resourceQuery, seenResource, shareCandidate } from '../../src/estate/candidates.ts';
import { protectionOf, protectionQuery, sourceKey, type Protection } from '../../src/estate/protections.ts';
import type { JsonObject } from '../../src/arm/call.ts';
import type { Candidate } from '../../src/plan/select.ts';
import type { ArmCall } from '../armCalls.ts';

/** A policy of a vault, and what kinds of source it is for. */
export interface VaultPolicy {
  readonly id: string;
  readonly name: string;
  /** The service's own words, in lower case: `azurestorage`, `microsoft.compute/disks`. */
  readonly covers: string;
}

/** A vault of either service. */
export interface Vault {
  readonly id: string;
  readonly service: 'Recovery Services' | 'Data Protection';
  readonly policies: readonly VaultPolicy[];
}

/** A thing that can be protected, and what protects it. */
export interface Source {
  readonly candidate: Candidate;
  readonly protection?: Protection;
}

/** What the simulated Azure holds. */
export interface SimulatedEstate {
  readonly subscriptions: readonly string[];
  readonly vaults: readonly Vault[];
  readonly sources: readonly Source[];
  /** Protected databases: they are known by their protection alone. */
  readonly databases: readonly Protection[];
}

interface Page {
  readonly value?: readonly JsonObject[];
  readonly data?: readonly JsonObject[];
  readonly nextLink?: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const idOf = (row: JsonObject): string => text(row['id']);

async function list(ask: ArmCall, path: string): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Page = await ask<Page>('GET', next);
    rows.push(...(page.value ?? []));
    next = page.nextLink;
  }
  return rows;
}

const graph = async (
  ask: ArmCall,
  subscriptions: readonly string[],
  query: string,
): Promise<readonly JsonObject[]> => {
  const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
  const body = { subscriptions, query, options: { $top: 1000, resultFormat: 'objectArray' } };
  return (await ask<Page>('POST', path, body)).data ?? [];
};

const services = [
  { service: 'Recovery Services', type: 'Microsoft.RecoveryServices/vaults', version: '2025-02-01' },
  { service: 'Data Protection', type: 'Microsoft.DataProtection/backupVaults', version: '2025-07-01' },
] as const;

function policyOf(row: JsonObject): VaultPolicy {
  const properties = (row['properties'] ?? {}) as JsonObject;
  const types = properties['datasourceTypes'];
  const covers = Array.isArray(types) ? types.join(' ') : text(properties['backupManagementType']);
  return { id: idOf(row), name: text(row['name']), covers: covers.toLowerCase() };
}

async function vaultsIn(ask: ArmCall, subscription: string): Promise<readonly Vault[]> {
  const found = services.map(async ({ service, type, version }) => {
    const vaults = await list(ask, `/subscriptions/${subscription}/providers/${type}?api-version=${version}`);
    const read = vaults.map(async (vault) => {
      const policies = await list(ask, `${idOf(vault)}/backupPolicies?api-version=${version}`);
      return { id: idOf(vault), service, policies: policies.map(policyOf) };
    });
    return Promise.all(read);
  });
  return (await Promise.all(found)).flat();
}

async function sharesOf(ask: ArmCall, account: Candidate): Promise<readonly Candidate[]> {
  const rows = await list(ask, `${account.id}/fileServices/default/shares?api-version=2024-01-01`);
  return rows.map((row) => shareCandidate(account, text(row['name'])));
}

/** Reads what there is to back up, as any client of Azure would. */
export async function readSimulatedEstate(ask: ArmCall): Promise<SimulatedEstate> {
  const named = await list(ask, '/subscriptions?api-version=2022-12-01');
  const subscriptions = named.map((row) => text(row['subscriptionId']));
  const vaults = (await Promise.all(subscriptions.map((id) => vaultsIn(ask, id)))).flat();
  const seen = (await graph(ask, subscriptions, resourceQuery)).map(seenResource);
  const found = seen.flatMap((one) => candidateOf(one) ?? []);
  const accounts = found.filter(({ kind }) => kind === 'blobs');
  const shares = (await Promise.all(accounts.map((account) => sharesOf(ask, account)))).flat();
  const protections = (await graph(ask, subscriptions, protectionQuery)).flatMap(
    (row) => protectionOf(row) ?? [],
  );
  const by = new Map(protections.map((one) => [sourceKey(one.kind, one.sourceId), one]));
  const sources = [...found, ...shares].map((candidate): Source => {
    const protection = by.get(sourceKey(candidate.kind, candidate.id));
    return { candidate, ...(protection && { protection }) };
  });
  const databases = protections.filter(({ kind }) => kind === 'workload');
  return { subscriptions, vaults, sources, databases };
}
