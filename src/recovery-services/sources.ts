import type { Step } from '../steps/step.ts';
import { objectIn, textIn } from './fields.ts';
import { pathBelow } from './paths.ts';

/** Version of Microsoft.Storage for reading an account. */
const storageApiVersion = '2023-05-01';

/** Where a storage account lies; `readable` is false when the app lacks the role to see it. */
export type AccountSeen =
  | { readonly kind: 'found'; readonly region: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable' };

/** A storage account that discovery did not show: whether it exists, and in which region. */
export const readStorageAccount: Step<{ readonly storageAccountId: string }, AccountSeen> = {
  name: 'recoveryServices.readStorageAccount',
  describe: ({ storageAccountId }) => ({
    action: 'Microsoft.Storage/storageAccounts/read',
    method: 'GET',
    path: pathBelow(storageAccountId),
    apiVersion: storageApiVersion,
  }),
  read: (reply) => {
    const region = textIn(objectIn(reply.body)['location']);
    return { kind: 'done', result: region ? { kind: 'found', region } : { kind: 'unreadable' } };
  },
  readRefusal: (_failure, status) => {
    if (status === 404) return { kind: 'done', result: { kind: 'missing' } };
    return status === 403 ? { kind: 'done', result: { kind: 'unreadable' } } : undefined;
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};
