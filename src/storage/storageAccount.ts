import type { TokenCredential } from '@azure/identity';

/** Where tables and queues are: a connection string, or an account of the public cloud reached by identity. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly accountName: string; readonly credential: TokenCredential };
