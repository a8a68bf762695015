import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { textIn } from '../arm/jsonFields.ts';
import { resourceIn } from './resources.ts';
import { backupCall } from './paths.ts';

/** A backup policy as far as a flow needs it; `backupManagementType` says for which kind of item it is. */
export type Policy = { readonly name: string; readonly backupManagementType: string };

/** A policy by its id; null when the vault has none of that name. */
export const readPolicy: Step<{ readonly policyId: string }, Policy | null> = {
  name: 'recoveryServices.readPolicy',
  describe: ({ policyId }) => backupCall('GET', 'backupPolicies/read', resourcePath(policyId)),
  read: (reply) => {
    const { name, properties } = resourceIn(reply.body);
    return {
      kind: 'done',
      result: { name, backupManagementType: textIn(properties['backupManagementType']) ?? '' },
    };
  },
  readRefusal: (_failure, status) => (status === 404 ? { kind: 'done', result: null } : undefined),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};
