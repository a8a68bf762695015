import type { Protection } from '../../src/estate/protections.ts';
import type { SimulatedEstate, Source, Vault } from './estate.ts';

const nameOf = (id: string): string => id.split('/').at(-1) ?? id;

/** A line for each thing would bury the calls below: a large world is cut here. */
const mostLines = 40;

const kindWords: Readonly<Record<Protection['kind'], string>> = {
  fileShare: 'share',
  virtualMachine: 'machine',
  disk: 'disk',
  blobs: 'account',
  workload: 'database',
};

const order: readonly Protection['kind'][] = ['fileShare', 'disk', 'virtualMachine', 'blobs'];

const standingOf = (protection: Protection | undefined): string =>
  protection === undefined
    ? 'not protected'
    : `${protection.standing === 'protected' ? 'protected' : protection.state} in ${nameOf(protection.vaultId)}, policy ${nameOf(protection.policyId)}`;

function sourceLine({ candidate, protection }: Source): string {
  const account = /\/storageAccounts\/([^/]+)\/fileServices\//i.exec(candidate.id)?.[1];
  const where = account === undefined ? '' : ` of ${account}`;
  const blobs = candidate.kind === 'blobs' ? 'its blobs ' : '';
  return line(kindWords[candidate.kind], `${candidate.name}${where}`, `${blobs}${standingOf(protection)}`);
}

const line = (kind: string, name: string, rest: string): string =>
  `  ${kind.padEnd(9)} ${name.padEnd(24)} ${rest}`;

const vaultLine = ({ id, service, policies }: Vault): string =>
  line('vault', nameOf(id), `${service}; policies: ${policies.map(({ name }) => name).join(', ') || 'none'}`);

/** What the world holds, one line each: vaults, shares, disks, machines, databases, accounts. */
export function worldLines({ vaults, sources, databases }: SimulatedEstate): readonly string[] {
  const sorted = order.flatMap((kind) => sources.filter(({ candidate }) => candidate.kind === kind));
  const lines = [
    ...vaults.map(vaultLine),
    ...sorted.map(sourceLine),
    ...databases.map((one) => line('database', nameOf(one.itemId).split(';').at(-1) ?? '', standingOf(one))),
  ];
  if (lines.length === 0)
    return ['  nothing yet: POST a world to /simulator/world, or start with --world FILE'];
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `  … and ${lines.length - mostLines} more`];
}

/** One call to try: what it does, and a command that works when it is pasted. */
export interface ReadyCall {
  readonly title: string;
  readonly command: string;
}

/** Where the calls go, and what they need there. */
export interface Addresses {
  readonly app: string;
  readonly arm: string;
  readonly ca: string;
  /** A header that lets a caller in, `Authorization: Bearer …`; absent where everybody may call. */
  readonly authorization?: string;
}

const post = ({ app, authorization }: Addresses, path: string, body: unknown): string =>
  [
    `curl -s ${app}${path}`,
    ...(authorization === undefined ? [] : [`-H "${authorization}"`]),
    `-d '${JSON.stringify(body, null, 1).replace(/\n */g, ' ')}'`,
  ].join(' ');

const accountOf = (shareId: string): string => shareId.replace(/\/fileServices\/.*$/i, '');

const shareTarget = ({ id, name }: Source['candidate'], vaultId: string) => ({
  kind: 'fileShare',
  vaultId,
  storageAccountId: accountOf(id),
  share: name,
});

function backupTarget({ candidate, protection }: Source): unknown {
  if (candidate.kind === 'fileShare' && protection) return shareTarget(candidate, protection.vaultId);
  return { id: protection?.itemId };
}

function backupCall(addresses: Addresses, { sources }: SimulatedEstate): ReadyCall | undefined {
  const candidates = sources.filter(({ protection }) => protection?.standing === 'protected');
  const source = candidates.find(({ candidate }) => candidate.kind === 'fileShare') ?? candidates[0];
  return (
    source && {
      title: `A backup, of ${source.candidate.name}`,
      command: post(addresses, '/api/backups', { target: backupTarget(source), keepFor: 'P30D' }),
    }
  );
}

/** A vault with a policy for a kind of source, of the policies that the words of its service say so. */
function policyFor(
  vaults: readonly Vault[],
  covers: string,
): { vaultId: string; policyId: string } | undefined {
  for (const { id, policies } of vaults) {
    const policy = policies.find((one) => one.covers.includes(covers));
    if (policy) return { vaultId: id, policyId: policy.id };
  }
  return undefined;
}

function protectionBody({ candidate }: Source, vaults: readonly Vault[]): unknown {
  if (candidate.kind === 'fileShare') {
    const found = policyFor(vaults, 'azurestorage');
    return found && { target: shareTarget(candidate, found.vaultId), ...found };
  }
  if (candidate.kind !== 'disk') return undefined;
  const found = policyFor(vaults, 'microsoft.compute/disks');
  const { vaultId = '' } = found ?? {};
  const target = { kind: 'disk', vaultId, datasourceId: candidate.id };
  const snapshotResourceGroupId = candidate.id.split('/').slice(0, 5).join('/');
  return found && { target, ...found, snapshotResourceGroupId, grantRoles: true };
}

function protectionCall(addresses: Addresses, { sources, vaults }: SimulatedEstate): ReadyCall | undefined {
  const unprotected = sources.filter(({ protection }) => protection === undefined);
  for (const source of [...unprotected].sort(sharesFirst)) {
    const body = protectionBody(source, vaults);
    if (body !== undefined)
      return {
        title: `A protection, of ${source.candidate.name}`,
        command: post(addresses, '/api/protections', body),
      };
  }
  return undefined;
}

const sharesFirst = (one: Source, other: Source): number =>
  order.indexOf(one.candidate.kind) - order.indexOf(other.candidate.kind);

function eventCall({ arm, ca }: Addresses, { subscriptions, sources }: SimulatedEstate): ReadyCall {
  const group =
    sources[0]?.candidate.id.split('/').slice(0, 5).join('/') ??
    `/subscriptions/${subscriptions[0] ?? '22222222-2222-4222-8222-222222222222'}/resourceGroups/new`;
  const url = `${arm}${group}/providers/Microsoft.Compute/disks/new-disk?api-version=2024-03-02`;
  const disk = { location: 'westeurope', sku: { name: 'Premium_LRS' }, tags: { backup: 'daily' } };
  return {
    title: 'An event: a disk appears in the simulated Azure, which tells the app',
    command: `curl -s --cacert ${ca} -X PUT '${url}' -H 'Authorization: Bearer anybody' -d '${JSON.stringify(disk)}'`,
  };
}

/** Three calls to paste: a backup, a protection, an event; those that this world gives a target for. */
export const readyCalls = (addresses: Addresses, estate: SimulatedEstate): readonly ReadyCall[] =>
  [backupCall(addresses, estate), protectionCall(addresses, estate), eventCall(addresses, estate)].flatMap(
    (call) => call ?? [],
  );
