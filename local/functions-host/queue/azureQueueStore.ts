import { QueueServiceClient, RestError, type DequeuedMessageItem } from '@azure/storage-queue';
import type { QueueMessage, QueueStore } from './queueStore.ts';

const isRestError = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);

/** What the service says when a queue or message is gone. */
const GONE = [404];
/** The same for somebody who shows a receipt, which may also be stale. */
const GONE_OR_STALE = [400, 404, 412];

async function unless<T>(statuses: readonly number[], work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isRestError(error, ...statuses)) return otherwise;
    throw error;
  }
}

const readMessage = (item: DequeuedMessageItem): QueueMessage => ({
  id: item.messageId,
  popReceipt: item.popReceipt,
  dequeueCount: item.dequeueCount,
  insertedAt: item.insertedOn.getTime(),
  expiresAt: item.expiresOn.getTime(),
  nextVisibleAt: item.nextVisibleOn.getTime(),
  text: item.messageText,
});

/**
 * Queues of a storage account or of Azurite.
 *
 * @param connection a connection string, `UseDevelopmentStorage=true` included.
 */
export function createAzureQueueStore(connection: string): QueueStore {
  const service = QueueServiceClient.fromConnectionString(connection);
  const clientOf = (queue: string) => service.getQueueClient(queue);
  return {
    async receive(queue, max, visibilitySeconds) {
      const options = { numberOfMessages: max, visibilityTimeout: visibilitySeconds };
      const received = clientOf(queue).receiveMessages(options);
      return unless(
        GONE,
        received.then((response) => response.receivedMessageItems.map(readMessage)),
        [],
      );
    },
    update: (queue, held, visibilitySeconds) =>
      unless(
        GONE_OR_STALE,
        clientOf(queue)
          .updateMessage(held.id, held.popReceipt, undefined, visibilitySeconds)
          .then((response) => response.popReceipt),
        undefined,
      ),
    delete: (queue, held) =>
      unless(
        GONE_OR_STALE,
        clientOf(queue)
          .deleteMessage(held.id, held.popReceipt)
          .then(() => true),
        false,
      ),
    async put(queue, text, options = {}) {
      const send = () =>
        clientOf(queue).sendMessage(text, {
          ...(options.visibilitySeconds === undefined
            ? {}
            : { visibilityTimeout: options.visibilitySeconds }),
          ...(options.ttlSeconds === undefined ? {} : { messageTimeToLive: options.ttlSeconds }),
        });
      try {
        await send();
      } catch (error) {
        if (!isRestError(error, 404)) throw error;
        await clientOf(queue).createIfNotExists();
        await send();
      }
    },
  };
}
