import type { DurableUrls } from '../durableExtension.ts';
import type { TypedData } from '../typedData.ts';

/** The management addresses of one instance; every value is a string. */
export type ManagementUrls = Readonly<Record<string, string>>;

/** `/runtime/webhooks/durabletask` behind an origin. */
export const PUBLIC_MOUNT = '/runtime/webhooks/durabletask';

/** An id as the host writes it into a path: form encoding, a blank is `+`. */
export const encodeId = (instanceId: string): string =>
  encodeURIComponent(instanceId).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('~', '%7E');

/** @param segment the id as it stands in the path, already encoded. @param id the id as it is. */
export function managementUrls(urls: DurableUrls, hub: string, id: string, segment: string): ManagementUrls {
  const base = `${urls.publicBase}${PUBLIC_MOUNT}/instances/${segment}`;
  const query = `taskHub=${hub}&connection=Storage&code=${urls.systemKey}`;
  return {
    id,
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    rewindPostUri: `${base}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

/** What the web API itself answers to a start: the same without rewind. */
export function startedUrls(urls: DurableUrls, hub: string, instanceId: string): ManagementUrls {
  const { rewindPostUri: _rewind, ...rest } = managementUrls(urls, hub, instanceId, encodeId(instanceId));
  return rest;
}

/** Data of a `durableClient` input binding, as the official host sends it. */
export function clientInput(urls: DurableUrls, hub: string): TypedData {
  const base = `${urls.publicBase}${PUBLIC_MOUNT}`;
  const creation = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const code = `code=${urls.systemKey}`;
  return {
    string: JSON.stringify({
      taskHubName: hub,
      connectionName: null,
      creationUrls: {
        createNewInstancePostUri: `${creation}?${code}`,
        createAndWaitOnNewInstancePostUri: `${creation}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
      },
      managementUrls: managementUrls(urls, hub, 'INSTANCEID', 'INSTANCEID'),
      baseUrl: base,
      requiredQueryStringParameters: code,
      rpcBaseUrl: urls.rpcBase,
      httpBaseUrl: null,
      maxGrpcMessageSizeInBytes: null,
      grpcHttpClientTimeout: null,
    }),
  };
}
