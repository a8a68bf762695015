import { QueueServiceClient, RestError, type DequeuedMessageItem } from '@azure/storage-queue';
import type { QueueMessage, QueueStore } from './queueStore.ts';

const isRestError = (error: unknown, ...statuses: number[]): boolean =>
  error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);

/** Answers `otherwise` when the service says the message or queue is gone or the receipt stale. */
async function unlessGone<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isRestError(error, 400, 404, 412)) return otherwise;
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
      return unlessGone(
        received.then((response) => response.receivedMessageItems.map(readMessage)),
        [],
      );
    },
    update: (queue, held, visibilitySeconds) =>
      unlessGone(
        clientOf(queue)
          .updateMessage(held.id, held.popReceipt, undefined, visibilitySeconds)
          .then((response) => response.popReceipt),
        undefined,
      ),
    delete: (queue, held) =>
      unlessGone(
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
