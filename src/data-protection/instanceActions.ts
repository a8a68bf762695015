import type { Json } from '../arm/call.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import type { OnInstance } from './instances.ts';
import { followStatus } from './operations.ts';

/** An action on an instance that may be asked for twice: the service answers that there is nothing to do. */
const instanceAction = (
  verb: string,
  name: string,
  body?: Json,
): Step<OnInstance, { readonly instanceId: string }> => ({
  name: `dataProtection.${name}`,
  describe: ({ instanceId: id }) => ({
    action: `Microsoft.DataProtection/backupVaults/backupInstances/${verb}/action`,
    method: 'POST',
    path: resourcePath(id, verb),
    apiVersion: dataProtectionApiVersion,
    ...(body !== undefined && { body }),
  }),
  longRunning: followStatus(60),
  read: (_, { instanceId: id }) => ({ kind: 'done', result: { instanceId: id } }),
  repeat: 'safe',
  itemOf: ({ instanceId: id }) => id,
  giveUpAfterSeconds: 1800,
});

/** Has the service look again at an instance in ProtectionError. */
export const syncInstance = instanceAction('sync', 'syncInstance', { syncType: 'Default' });
/** Stops protection for ever and keeps the data. */
export const stopProtection = instanceAction('stopProtection', 'stopProtection');
/** Suspends backups; retention goes on by the policy. */
export const suspendBackups = instanceAction('suspendBackups', 'suspendBackups');
/** Resumes after either kind of stop: recordings resume both with this one. */
export const resumeProtection = instanceAction('resumeProtection', 'resumeProtection');
