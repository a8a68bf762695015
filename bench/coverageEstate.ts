import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';

const subscriptionId = '44444444-5555-4666-8777-888888888888';
const group = `/subscriptions/${subscriptionId}/resourceGroups/apps/providers`;
const machineId = (at: number): string =>
  `${group}/Microsoft.Compute/virtualMachines/vm-${String(at).padStart(6, '0')}`;
const vaultId = (at: number): string => `${group}/Microsoft.RecoveryServices/vaults/vault-${at}`;
/** Azure's limit of machines in one vault. */
const perVault = 1000;

/** Azure as far as one read of coverage asks it: machines in vaults of a thousand, answered from arithmetic. */
export interface ArithmeticEstate {
  readonly plan: object;
  readonly httpClient: HttpClient;
  readonly requests: Record<string, number>;
}

const itemIdOf = (at: number): string => {
  const name = `iaasvmcontainerv2;apps;vm-${String(at).padStart(6, '0')}`;
  return `${vaultId(Math.floor(at / perVault))}/backupFabrics/Azure/protectionContainers/${name}/protectedItems/vm;${name}`;
};

/** Of a hundred machines: 96 are fine, one is late, one down, one was never backed up, one is not protected. */
const ageHours = (at: number): number | undefined =>
  [30, 40, undefined][at % 100] ?? (at % 100 === 2 ? undefined : 5);
const isProtected = (at: number): boolean => at % 100 !== 3;

/** @param now the instant of the read. */
export function arithmeticEstate(machines: number, now: Date): ArithmeticEstate {
  const vaults = Math.ceil(machines / perVault);
  const requests: Record<string, number> = {};
  const pointAt = (at: number): string | undefined => {
    const hours = ageHours(at);
    return hours === undefined ? undefined : new Date(now.getTime() - hours * 3_600_000).toISOString();
  };
  const graph = (body: string): unknown => {
    const { query, options } = JSON.parse(body) as {
      query: string;
      options: { $top: number; $skipToken?: string };
    };
    const isItems = query.startsWith('recoveryservicesresources');
    const from = Number(options.$skipToken ?? 0);
    const data = [];
    for (let at = from; at < Math.min(from + options.$top, machines); at++) {
      if (!isItems) data.push({ id: machineId(at), location: 'westeurope', tags: { backup: 'daily' } });
      else if (isProtected(at))
        data.push({
          ...{ id: itemIdOf(at), itemType: 'Microsoft.Compute/virtualMachines', itemState: 'Protected' },
          ...{ sourceResourceId: machineId(at), friendlyName: `vm-${at}` },
          itemPolicyId: `${vaultId(Math.floor(at / perVault))}/backupPolicies/daily`,
        });
    }
    const next = from + options.$top;
    const total = isItems ? machines - Math.ceil((machines - 3) / 100) : machines;
    return { totalRecords: total, data, ...(next < machines && { $skipToken: String(next) }) };
  };
  const items = (vault: number): unknown => {
    const value = [];
    for (let at = vault * perVault; at < Math.min((vault + 1) * perVault, machines); at++) {
      if (!isProtected(at)) continue;
      const point = pointAt(at);
      const properties = {
        ...{ protectedItemType: 'Microsoft.Compute/virtualMachines', friendlyName: `vm-${at}` },
        ...{ protectionState: 'Protected', lastBackupStatus: 'Completed', sourceResourceId: machineId(at) },
        ...(point !== undefined && { lastRecoveryPoint: point }),
      };
      value.push({ id: itemIdOf(at), name: `vm-${at}`, properties });
    }
    return { value };
  };
  const answers: readonly (readonly [
    string,
    RegExp,
    (request: PipelineRequest, vault: number) => unknown,
  ])[] = [
    ['permissions', /\/permissions\?/, () => ({ value: [{ actions: ['*/read'], notActions: [] }] })],
    ['graph pages', /ResourceGraph/, ({ body }) => graph(String(body))],
    ['lists of items', /backupProtectedItems/, (_request, vault) => items(vault)],
    ['lists of jobs', /backupJobs/, () => ({ value: [] })],
    ['lists of policies', /backupPolicies/, () => ({ value: [] })],
    ['lists of points of one item', /recoveryPoints/, () => ({ value: [] })],
    ['vaults', /\/vaults\//, () => ({ location: 'westeurope', properties: {} })],
  ];
  return {
    requests,
    plan: {
      rules: [
        {
          name: 'machines',
          match: { kind: 'virtualMachine', tags: { backup: 'daily' } },
          protect: { vaults: { '*': vaultId(0) }, policy: 'daily' },
          expect: { every: 'P1D', grace: 'PT12H' },
        },
      ],
      safety: {
        subscriptions: [subscriptionId],
        vaults: Array.from({ length: vaults }, (_, at) => vaultId(at)),
      },
    },
    httpClient: {
      sendRequest: (request) => {
        const found = answers.find(([, pattern]) => pattern.test(request.url));
        const name = found?.[0] ?? 'other';
        requests[name] = (requests[name] ?? 0) + 1;
        const vault = Number(/\/vault-(\d+)/.exec(request.url)?.[1] ?? 0);
        const body = found ? JSON.stringify(found[2](request, vault)) : '{}';
        return Promise.resolve({
          request,
          status: found ? 200 : 404,
          headers: createHttpHeaders({ 'content-type': 'application/json' }),
          bodyAsText: body,
        });
      },
    },
  };
}
