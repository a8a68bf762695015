import type { TokenCredential } from '@azure/identity';

/** Where tables and queues are: a connection string, or an account reached by identity, whose service URLs are origins. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly queueUrl: string; readonly tableUrl: string; readonly credential: TokenCredential };
