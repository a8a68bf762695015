import { sameId } from '../arm/resourceId.ts';
import type { AccountAccess, Container } from './containers.ts';
import type { ProtectedItem } from './protectedItems.ts';

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
