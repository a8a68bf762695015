import type { TokenCredential } from '@azure/identity';

/** Where tables and queues are: a connection string, or an account of the public cloud reached by identity. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly accountName: string; readonly credential: TokenCredential };

/** Runs `create` before the first use and again after it has failed. */
export function onFirstUse(create: () => Promise<unknown>): () => Promise<unknown> {
  let made: Promise<unknown> | undefined;
  return () => {
    made ??= create().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
