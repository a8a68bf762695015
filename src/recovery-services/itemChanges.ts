import type { JsonObject } from '../arm/call.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import type { AccountAccess, Container } from './containers.ts';
import { itemOperation, readItemOperation, type StartedJob } from './operations.ts';
import { backupCall, resourceIn, type ItemKind } from './paths.ts';
import { itemAction, readItemCall, standingOf, type OnItem, type ProtectedItem } from './protectedItems.ts';

/** The item's type as the service named it, or the type of a new one. */
export type ChangedItem = OnItem & {
  readonly protectedItemType: string;
  readonly sourceResourceId?: string;
  /** What the item has and the change is to leave, in the service's own fields. */
  readonly kept?: JsonObject;
};

/** `protectedItemType` of an item that is not there yet. */
export const newItemType: Readonly<Record<Exclude<ItemKind, 'workload'>, string>> = {
  fileShare: 'AzureFileShareProtectedItem',
  virtualMachine: 'Microsoft.Compute/virtualMachines',
};

/** A PUT of an item: asking twice puts the same body under the same name. */
const changeItem = <Input extends ChangedItem>(
  name: string,
  properties: (input: Input) => JsonObject,
): Step<Input, StartedJob> => ({
  name,
  describe: (input) =>
    backupCall('PUT', itemAction('write'), resourcePath(input.itemId), {
      body: {
        properties: {
          protectedItemType: input.protectedItemType,
          ...(input.sourceResourceId === undefined ? {} : { sourceResourceId: input.sourceResourceId }),
          ...input.kept,
          ...properties(input),
        },
      },
    }),
  longRunning: itemOperation,
  read: (reply, _input, { waitSeconds }) => readItemOperation(reply, waitSeconds),
  repeat: 'safe',
  itemOf: ({ itemId }) => itemId,
  giveUpAfterSeconds: 3600,
});

/** Protects an item, changes its policy, or resumes its protection: all one request. Success is not yet protection. */
export const protectItem = changeItem<ChangedItem & { readonly policyId: string }>(
  'recoveryServices.protectItem',
  ({ policyId }) => ({ policyId }),
);

/** Stops backups and keeps the data: for ever (`ProtectionStopped`), or as the policy says (`BackupsSuspended`). */
export const stopProtection = changeItem<
  ChangedItem & { readonly state: 'ProtectionStopped' | 'BackupsSuspended' }
>('recoveryServices.stopProtection', ({ state }) => ({ policyId: '', protectionState: state }));

/** Brings a soft-deleted item back; it comes back stopped, so a policy must be put afterwards. */
export const undeleteItem = changeItem<ChangedItem>('recoveryServices.undeleteItem', () => ({
  policyId: '',
  protectionState: 'ProtectionStopped',
  isRehydrate: true,
}));

/** Deletes an item and its recovery points. Under soft delete the item stays listed for the vault's retention. */
export const deleteItem: Step<OnItem, StartedJob> = {
  name: 'recoveryServices.deleteItem',
  describe: ({ itemId }) => backupCall('DELETE', itemAction('delete'), resourcePath(itemId)),
  longRunning: itemOperation,
  read: (reply, _input, { waitSeconds }) => readItemOperation(reply, waitSeconds),
  readRefusal: (failure, status) =>
    status === 404 || failure.code === 'BMSUserErrorContainerNotUndeleted'
      ? { kind: 'done', result: { jobId: null } }
      : undefined,
  repeat: {
    describeLook: readItemCall,
    findEarlier: (reply) => {
      const gone = reply.status === 404 || standingOf(resourceIn(reply.body).properties) === 'softDeleted';
      return gone ? { kind: 'ours', result: { jobId: null } } : { kind: 'absent' };
    },
  },
  itemOf: ({ itemId }) => itemId,
  giveUpAfterSeconds: 3600,
};

/** One thing in which an item, or the registration of its account, differs from what is asked. Both sides as a person reads them. */
export type Difference = {
  readonly what: 'policy' | 'standing' | 'access';
  readonly is: string;
  readonly asked: string;
};

const policyDifference = (item: ProtectedItem, asked: string): readonly Difference[] =>
  sameId(item.policyId, asked) ? [] : [{ what: 'policy', is: item.policyId ?? 'none', asked }];

const standingDifference = ({ standing, protectionState }: ProtectedItem): readonly Difference[] =>
  standing === 'protected' || standing === 'unknown'
    ? []
    : [{ what: 'standing', is: protectionState || 'none', asked: 'Protected' }];

/** Everything in which an item differs from a protection by a policy; empty when it is as asked. A state that nobody knows is left. */
export const differencesOf = (item: ProtectedItem, policyId: string): readonly Difference[] => [
  ...policyDifference(item, policyId),
  ...standingDifference(item),
];

/** Words are compared as words: as ids, any two of them would be the same. */
const sameAccess = (one: AccountAccess, other: AccountAccess): boolean =>
  one === other || (one.startsWith('/') && other.startsWith('/') && sameId(one, other));

/** How the registration of an account differs from the access that is asked for. */
export const accessDifferences = (
  { access = 'keys' }: Container,
  asked: AccountAccess,
): readonly Difference[] => (sameAccess(access, asked) ? [] : [{ what: 'access', is: access, asked }]);
