// Loaded by `import()` alone: in the deployed app a file of its own, read with the first row or message.
export { odata, TableClient } from '@azure/data-tables';
export { QueueClient, QueueServiceClient } from '@azure/storage-queue';
