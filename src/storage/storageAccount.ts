import type { TokenCredential } from '@azure/identity';

/** Where tables and queues are: a connection string, or an account of the public cloud reached by identity. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly accountName: string; readonly credential: TokenCredential };

/** Runs `create` before the first use and again after it has failed; then gives what it made. */
export function onFirstUse<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= create().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
