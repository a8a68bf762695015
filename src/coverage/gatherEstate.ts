import { idKey, parseResourceId } from '../arm/resourceId.ts';
import { protectionOf, protectionQuery, sourceKey, type Protection } from '../estate/protections.ts';
import { eachGraphPage } from '../estate/readGraph.ts';
import { whyUnreadable } from '../estate/readRights.ts';
import type { Plan, ResourceKind } from '../plan/schema.ts';
import type { CoverageServices } from './refreshState.ts';
import { durationMilliseconds } from './policies.ts';
import { attempting, isBackupVault, readVault, type VaultReading } from './readVault.ts';

/** Everything of the estate but the resources themselves, which are read page by page. */
export interface Gathered {
  readonly subscriptions: readonly string[];
  /** Subscriptions of which the app may not see all, in lower case. */
  readonly hidden: ReadonlySet<string>;
  /** By kind and source. */
  readonly protections: ReadonlyMap<string, readonly Protection[]>;
  /** By id in lower case. */
  readonly vaults: ReadonlyMap<string, VaultReading>;
  /** What could not be read; empty: the read was whole. */
  readonly problems: readonly string[];
  /** Whether Resource Graph showed what is protected. */
  readonly sawProtections: boolean;
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))];

const subscriptionIn = (id: string): string => {
  const reading = parseResourceId(id);
  return reading.kind === 'ok' ? reading.id.subscriptionId.toLowerCase() : '';
};

const [hour, day] = [3_600_000, 86_400_000];
const [leastWindowMs, mostWindowMs] = [2 * day, 8 * day];

/** How far back the lists of jobs are read: as long as rules let a point be old, within two and eight days. */
function jobsSince({ rules }: Plan, now: Date): Date {
  const expected = rules.map(({ expect }) => {
    const every = durationMilliseconds(expect?.every ?? '') ?? 0;
    return every + (durationMilliseconds(expect?.grace ?? '') ?? 6 * hour);
  });
  const window = Math.min(mostWindowMs, Math.max(leastWindowMs, ...expected));
  return new Date(now.getTime() - window - hour);
}

type Index = Map<string, Protection[]>;

function addTo(index: Index, protection: Protection): void {
  const key = sourceKey(protection.kind, protection.sourceId);
  const held = index.get(key);
  // A page that is read again hands its rows over again.
  if (held?.some(({ itemId }) => itemId === protection.itemId)) return;
  if (held) held.push(protection);
  else index.set(key, [protection]);
}

const deletedKinds: Readonly<Record<string, ResourceKind>> = {
  'microsoft.compute/disks': 'disk',
  'microsoft.storage/storageaccounts/blobservices': 'blobs',
};

/** What can be brought back counts where nothing living protects the source. */
function addDeleted(index: Index, { id: vaultId, deleted }: VaultReading): void {
  for (const { id, datasourceId, datasourceType, policyId } of deleted) {
    const kind = deletedKinds[datasourceType.toLowerCase()];
    if (!kind || index.has(sourceKey(kind, datasourceId))) continue;
    const standing = { standing: 'softDeleted', state: 'SoftDeleted' } as const;
    addTo(index, { kind, sourceId: datasourceId, itemId: id, vaultId, policyId, ...standing });
  }
}

/** Vaults read side by side: their budgets are the subscription's, which the pacer keeps. */
const vaultsAtOnce = 4;

async function readVaults(
  services: CoverageServices,
  plan: Plan,
  kindsOf: ReadonlyMap<string, { readonly id: string; readonly kinds: ReadonlySet<ResourceKind> }>,
): Promise<ReadonlyMap<string, VaultReading>> {
  const since = jobsSince(plan, services.clock());
  const orders = [...kindsOf.values()];
  const readings = new Map<string, VaultReading>();
  for (let begin = 0; begin < orders.length; begin += vaultsAtOnce) {
    const some = orders.slice(begin, begin + vaultsAtOnce);
    const read = await Promise.all(
      some.map((order) => readVault(services.estate, { ...order, jobsSince: since })),
    );
    for (const reading of read) readings.set(idKey(reading.id), reading);
  }
  return readings;
}

/** A vault whose list lacks items that Resource Graph shows has lost a page of it: what it says is not the whole. */
function withLostPages(
  protections: Iterable<readonly Protection[]>,
  vaults: ReadonlyMap<string, VaultReading>,
): ReadonlyMap<string, VaultReading> {
  const lacking = new Map<string, number>();
  for (const { vaultId, itemId } of [...protections].flat()) {
    const vault = vaults.get(idKey(vaultId));
    if (!vault || isBackupVault(vaultId) || vault.facts.has(idKey(itemId))) continue;
    lacking.set(idKey(vaultId), (lacking.get(idKey(vaultId)) ?? 0) + 1);
  }
  return new Map(
    [...vaults].map(([key, vault]) => {
      const count = lacking.get(key);
      if (count === undefined || vault.problems.length > 0) return [key, vault];
      return [
        key,
        { ...vault, problems: [`the list of protected items lacks ${count} that Resource Graph shows`] },
      ];
    }),
  );
}

/** Reads rights, protections and vaults; what cannot be read is said and stops nothing. */
export async function gatherEstate(services: CoverageServices, plan: Plan): Promise<Gathered> {
  const problems: string[] = [];
  const attempt = attempting(problems);
  const subscriptions = distinct(plan.safety.subscriptions.map((id) => id.toLowerCase()));
  const hidden = new Set<string>();
  for (const id of subscriptions) {
    const why = await attempt(() => whyUnreadable(services.estate, id), 'no answer');
    if (why === undefined) continue;
    hidden.add(id);
    if (why !== 'no answer') problems.push(why);
  }
  const index: Index = new Map();
  const everywhere = distinct([...subscriptions, ...plan.safety.vaults.map(subscriptionIn)]);
  const take = async (rows: readonly Parameters<typeof protectionOf>[0][]) => {
    for (const row of rows) {
      const protection = protectionOf(row);
      if (protection) addTo(index, protection);
    }
  };
  const sawProtections = await attempt(
    async () => (await eachGraphPage(services.estate, everywhere, protectionQuery, take)) > 0,
    false,
  );
  const read = await readVaults(services, plan, vaultsOf(plan, index));
  const vaults = withLostPages(index.values(), read);
  for (const vault of vaults.values()) {
    problems.push(...vault.problems.map((problem) => `${vault.id}: ${problem}`));
    addDeleted(index, vault);
  }
  return { subscriptions, hidden, protections: index, vaults, problems, sawProtections };
}

/** The vaults of the plan and those that protect something, with the kinds they protect. */
function vaultsOf(plan: Plan, index: Index) {
  const vaults = new Map<string, { id: string; kinds: Set<ResourceKind> }>();
  const vaultOf = (id: string) => {
    const known = vaults.get(idKey(id)) ?? { id, kinds: new Set<ResourceKind>() };
    vaults.set(idKey(id), known);
    return known;
  };
  for (const id of plan.safety.vaults) vaultOf(id);
  for (const { vaultId, kind } of [...index.values()].flat())
    if (vaultId !== '') vaultOf(vaultId).kinds.add(kind);
  return vaults;
}
