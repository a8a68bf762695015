import { type PollLinks, pollUrl } from '../poll-links.ts';
import type { Call } from '../core.ts';

const oldVersion = '2019-05-13-preview';
const retryAfterSeconds = 60;

/** The requested path with `;` raw, cut after the vault, container or item it names. */
function requested(call: Call, until: RegExp): string {
  const path = call.url.pathname.replaceAll(/%3b/gi, ';');
  return until.exec(path)?.[0] ?? path;
}

const vaultOf = (call: Call): string => requested(call, /^.*?\/vaults\/[^/]+/i);
const containerOf = (call: Call): string => requested(call, /^.*?\/protectionContainers\/[^/]+/i);
const jobOf = (call: Call): string => requested(call, /^.*?\/backupJobs\/[^/]+/i);

/** Items answer with the service's own casing of a workload container, whatever was asked. */
const itemOf = (call: Call): string =>
  requested(call, /^.*?\/protectedItems\/[^/]+/i).replace(
    /\/VMAppContainer;Compute;/i,
    '/VMAppContainer;compute;',
  );

/** refreshContainers: both on the fabric, the status under an old api-version. */
export const fabricLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: {
    path: `${vaultOf(call)}/backupFabrics/Azure/operationsStatus/${id}`,
    apiVersion: oldVersion,
  },
  location: {
    path: `${vaultOf(call)}/backupFabrics/Azure/operationResults/${id}`,
    apiVersion: call.apiVersion,
  },
  retryAfterSeconds,
});

/** register and inquire: both on the container. */
export const containerLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: { path: `${containerOf(call)}/operationsStatus/${id}`, apiVersion: oldVersion },
  location: { path: `${containerOf(call)}/operationResults/${id}`, apiVersion: call.apiVersion },
  retryAfterSeconds,
});

/** PUT and backup of an item: both on the item. */
export const itemLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: { path: `${itemOf(call)}/operationsStatus/${id}`, apiVersion: call.apiVersion },
  location: { path: `${itemOf(call)}/operationResults/${id}`, apiVersion: call.apiVersion },
  retryAfterSeconds,
});

/** Restore of an item: as its backup, with a shorter wait (recorded: 30 s). */
export const restoreLinks = (call: Call, id: string): PollLinks => ({
  ...itemLinks(call, id),
  retryAfterSeconds: 30,
});

/** A restore's validation: both on the vault, in a family of their own. */
export const validationLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: {
    path: `${vaultOf(call)}/backupValidateOperationsStatuses/${id}`,
    apiVersion: call.apiVersion,
  },
  location: { path: `${vaultOf(call)}/backupValidateOperationResults/${id}`, apiVersion: call.apiVersion },
  retryAfterSeconds,
});

/** DELETE of an item: both on the vault. */
export const vaultLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: { path: `${vaultOf(call)}/backupOperations/${id}`, apiVersion: call.apiVersion },
  location: { path: `${vaultOf(call)}/backupOperationResults/${id}`, apiVersion: call.apiVersion },
  retryAfterSeconds,
});

/** Cancelling a job: both on the job. */
export const jobLinks = (call: Call, id: string): PollLinks => ({
  asyncOperation: { path: `${jobOf(call)}/operationsStatus/${id}`, apiVersion: oldVersion },
  location: { path: `${jobOf(call)}/operationResults/${id}`, apiVersion: call.apiVersion },
  retryAfterSeconds,
});

/** The Location of an unregister, which the service writes with its second question mark inside a value. */
export function brokenUnregisterLocation(call: Call, id: string): string {
  const mark = call.core.settings.signedPollUrls ? '%3Fapi-version%3D' : '?api-version=';
  const url = `${call.url.origin}${vaultOf(call)}/backupOperationResults/${id}?fabricName=Azure${mark}${call.apiVersion}`;
  return call.core.settings.signedPollUrls ? call.core.signer.sign(url, call.now) : url;
}

/** Status URL of a vault's own PUT and DELETE. */
export const vaultStatusUrl = (call: Call, id: string): string =>
  pollUrl(call, { path: `${vaultOf(call)}/operationStatus/${id}`, apiVersion: call.apiVersion });

/** Result URL of a vault's own DELETE. */
export const vaultResultUrl = (call: Call, id: string): string =>
  pollUrl(call, { path: `${vaultOf(call)}/operationResults/${id}`, apiVersion: call.apiVersion });
