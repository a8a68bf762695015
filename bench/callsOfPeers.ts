import { RecoveryServicesBackupClient } from '@azure/arm-recoveryservicesbackup';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { Simulator } from '../local/arm-simulator/simulator.ts';

/** Where an item is, in the words that the public client asks for. */
export interface ItemPlace {
  readonly vault: string;
  readonly group: string;
  readonly container: string;
  readonly item: string;
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

/** The public client over the simulator; its own policy retries so often and obeys Retry-After. */
export function publicClient(
  simulator: Simulator,
  subscriptionId: string,
  maxRetries: number,
): RecoveryServicesBackupClient {
  const credential = {
    getToken: () => Promise.resolve({ token: 'c'.repeat(64), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  };
  return new RecoveryServicesBackupClient(credential, subscriptionId, {
    httpClient: transportOf(simulator),
    retryOptions: { maxRetries },
  });
}

/** Takes an item's ARM id apart. */
export function placeOf(itemId: string): ItemPlace {
  const parts = itemId.split('/');
  const after = (name: string) => parts[parts.indexOf(name) + 1] ?? '';
  return {
    ...{ vault: after('vaults'), group: after('resourceGroups') },
    ...{ container: after('protectionContainers'), item: after('protectedItems') },
  };
}

/** Id of the operation that the backup began. @throws RestError when ARM refuses and no retry is left. */
export async function begin(client: RecoveryServicesBackupClient, place: ItemPlace): Promise<string> {
  let poll = '';
  const { vault, group, container, item } = place;
  await client.backups.trigger(
    vault,
    group,
    'Azure',
    container,
    item,
    { properties: { objectType: 'AzureFileShareBackupRequest' } },
    { onResponse: ({ headers }) => (poll = headers.get('azure-asyncoperation') ?? '') },
  );
  return new URL(poll).pathname.split('/').pop() ?? '';
}

interface Operation {
  readonly status?: string;
  readonly properties?: object;
}

function jobIn({ status, properties }: Operation): string | undefined {
  if (status === 'Failed') throw new Error('The operation failed.');
  return properties && 'jobId' in properties ? String(properties.jobId) : undefined;
}

/** Job of an operation, read below its item; undefined while the operation runs. */
export async function jobOf(
  client: RecoveryServicesBackupClient,
  { vault, group, container, item }: ItemPlace,
  operation: string,
): Promise<string | undefined> {
  const { protectedItemOperationStatuses: statuses } = client;
  return jobIn(await statuses.get(vault, group, 'Azure', container, item, operation));
}

/** Job of an operation, read below its vault as the command line does; undefined while the operation runs. */
export const jobByVault = async (
  client: RecoveryServicesBackupClient,
  { vault, group }: ItemPlace,
  operation: string,
): Promise<string | undefined> => jobIn(await client.backupOperationStatuses.get(vault, group, operation));

/** The word a job ended with; undefined while it runs. */
export async function endOf(
  client: RecoveryServicesBackupClient,
  { vault, group }: ItemPlace,
  jobId: string,
): Promise<string | undefined> {
  const status = (await client.jobDetails.get(vault, group, jobId)).properties?.status;
  return status === 'InProgress' ? undefined : status;
}
