import type { QueueClient } from '@azure/storage-queue';
import { onFirstUse } from '../libraries/onFirstUse.ts';
import type { MessageQueue, QueueLook, StorageAccount } from './table.ts';

/** Bytes of one message before encoding: what a queue carries are ids. */
const largestMessageBytes = 8192;
/** Seven days: the service refuses more. */
const longestDelaySeconds = 604_800;

/**
 * One storage queue, created on first use. Messages never expire and are base64, as the Functions trigger reads them.
 *
 * @throws RangeError for a text over 8 KiB; whatever the service throws otherwise.
 */
export function azureQueue(account: StorageAccount, name: string): MessageQueue & QueueLook {
  const ready = onFirstUse(async () => {
    const client = await queueClient(account, name);
    await client.createIfNotExists();
    return client;
  });
  return {
    depth: async () => (await (await ready()).getProperties()).approximateMessagesCount ?? 0,
    send: async (text, delaySeconds = 0) => {
      if (Buffer.byteLength(text, 'utf8') > largestMessageBytes)
        throw new RangeError('A message is at most 8 KiB.');
      const client = await ready();
      await client.sendMessage(Buffer.from(text, 'utf8').toString('base64'), {
        messageTimeToLive: -1,
        visibilityTimeout: Math.min(Math.max(Math.ceil(delaySeconds), 0), longestDelaySeconds),
      });
    },
  };
}

const retryOptions = { maxTries: 3, retryDelayInMs: 200 };

async function queueClient(account: StorageAccount, name: string): Promise<QueueClient> {
  const { QueueClient, QueueServiceClient } = await import('../libraries/storageClients.ts');
  if ('connectionString' in account) {
    const service = QueueServiceClient.fromConnectionString(account.connectionString, { retryOptions });
    return service.getQueueClient(name);
  }
  return new QueueClient(`${account.queueUrl}/${name}`, account.credential, { retryOptions });
}
