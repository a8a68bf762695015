import type { HostJson } from './hostJson.ts';
import type { Warnings } from './warnings.ts';

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  http: [
    'routePrefix',
    'maxOutstandingRequests',
    'maxConcurrentRequests',
    'dynamicThrottlesEnabled',
    'hsts',
    'customHeaders',
  ],
  queues: [
    'maxPollingInterval',
    'visibilityTimeout',
    'batchSize',
    'maxDequeueCount',
    'newBatchThreshold',
    'messageEncoding',
  ],
  durableTask: [
    'hubName',
    'defaultVersion',
    'versionMatchStrategy',
    'versionFailureStrategy',
    'storageProvider',
    'tracing',
    'notifications',
    'maxConcurrentActivityFunctions',
    'maxConcurrentOrchestratorFunctions',
    'maxConcurrentEntityFunctions',
    'maxOrchestrationActions',
    'maxEntityOperationBatchSize',
    'extendedSessionsEnabled',
    'extendedSessionIdleTimeoutInSeconds',
    'httpSettings',
    'overridableExistingInstanceStates',
    'entityMessageReorderWindowInMinutes',
    'storeInputsInOrchestrationHistory',
    'useAppLease',
    'useGracefulShutdown',
    'useLegacyPartitionManagement',
    'useTablePartitionManagement',
    'rollbackEntityOperationsOnExceptions',
    'grpcListenerMode',
    'localRpcEndpointEnabled',
  ],
  eventGrid: [],
};

/** Warns (H17) of each key under `extensions` that the platform would silently ignore. */
export function warnOfUnknownKeys(hostJson: HostJson, warnings: Warnings): void {
  for (const [extension, options] of Object.entries(objectOf(hostJson.value('extensions')))) {
    const known = nearest(extension, Object.keys(KNOWN));
    if (known !== extension) {
      warnings.warn('H17', `host.json extensions.${extension}`, `unknown; nearest is '${known}'`);
      continue;
    }
    const names = KNOWN[extension] ?? [];
    for (const name of Object.keys(objectOf(options))) {
      if (names.includes(name)) continue;
      const hint = names.length > 0 ? `; nearest is '${nearest(name, names)}'` : '';
      warnings.warn('H17', `host.json extensions.${extension}.${name}`, `unknown${hint}`);
    }
  }
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

function nearest(name: string, known: readonly string[]): string {
  const byDistance = known.map((each) => ({
    each,
    distance: editDistance(name.toLowerCase(), each.toLowerCase()),
  }));
  byDistance.sort((one, other) => one.distance - other.distance);
  return known.includes(name) ? name : (byDistance[0]?.each ?? '');
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, character] of [...one].entries()) {
    const next = [line + 1];
    for (const [at, against] of [...other].entries()) {
      const swap = (row[at] ?? 0) + (character === against ? 0 : 1);
      next.push(Math.min(swap, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
