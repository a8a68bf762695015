import { isFinished, storedRows } from '../local/functions-host/durable/instanceRecord.ts';
import { createDurableExtension } from '../local/functions-host/durable/extension.ts';
import type { InstanceStore } from '../local/functions-host/durable/instanceStore.ts';
import { createHostJson } from '../local/functions-host/hostJson.ts';
import { createInvoker } from '../local/functions-host/invoke.ts';
import { captureFunctions } from '../local/functions-host/registry.ts';
import { createWarnings } from '../local/functions-host/warnings.ts';
import { registerPeers } from './durablePeerApp.ts';
import { durableOperations } from './durableOps.ts';
import { createFlowMeter, type FlowCounts } from './flowMeter.ts';
import type { Peer, PeerAtWork, PeerStage, StorageUse } from './peerStage.ts';

/** Activities at a time: what the Consumption plan gives a function app by default. */
const hostJson = { extensions: { durableTask: { maxConcurrentActivityFunctions: 10 } } };

const urls = {
  publicBase: 'http://localhost:7071',
  rpcBase: 'http://127.0.0.1:17071/durabletask/',
  systemKey: 'key',
};

/** The store, and how many instances have ended in it, well or not. */
function countEnds(store: InstanceStore): { readonly store: InstanceStore; ended(): number } {
  let ended = 0;
  const commit: InstanceStore['commit'] = (instanceId, change) => {
    if (change.head?.status && isFinished(change.head.status)) ended += 1;
    store.commit(instanceId, change);
  };
  return { store: { ...store, commit }, ended: () => ended };
}

function useOf(flows: ReadonlyMap<string, FlowCounts>, rows: readonly number[]): StorageUse {
  const { queue, table } = durableOperations(flows);
  const all = [...flows.values()];
  return {
    operations: (queue + table) / rows.length,
    historyRows: rows.reduce((sum, count) => sum + count, 0) / rows.length,
    replayKilobytes: Math.max(...all.map(({ largest }) => largest.bytes)) / 1024,
    episodes: all.reduce((sum, { episodes }) => sum + episodes, 0) / rows.length,
  };
}

/** Starts an orchestration per item on the local durable engine. */
async function orchestrate(name: string, stage: PeerStage): Promise<PeerAtWork> {
  const { clock, itemIds } = stage;
  const registry = captureFunctions();
  // Loaded only now: the library must meet our core module.
  registerPeers(await import('durable-functions'), stage);
  const warnings = createWarnings();
  const { instances, aroundFlows, flows } = createFlowMeter();
  const { store, ended } = countEnds(instances);
  const { client, engine, start } = createDurableExtension(
    {
      ...{ registry, clock, warnings, urls, store, hostJson: createHostJson(hostJson) },
      invoke: aroundFlows(createInvoker({ registry, clock, warnings, log: () => undefined })),
      settings: { get: () => undefined, all: () => ({}) },
    },
    { lean: true },
  );
  await start();
  itemIds.forEach((itemId, index) => client.start(name, `backup${index}`, itemId));
  const rows = () => [...engine.records()].map(storedRows);
  return { isOver: () => ended() === itemIds.length, storage: () => useOf(flows, rows()) };
}

/** Durable orchestrations that poll per item, on the engine that ours run on. */
export const durablePeers: readonly Peer[] = [
  {
    name: 'durable, `while` loop per item',
    // There an activity would wait an hour for Retry-After, beyond any function's time.
    fits: ({ quota }) => quota === 'bucket',
    // Its history makes it the dearest to run, by far.
    isOnce: () => true,
    begin: (stage) => orchestrate('whileLoop', stage),
  },
  {
    name: 'durable, monitor with `continueAsNew`',
    fits: ({ quota }) => quota === 'bucket',
    isOnce: ({ backups }) => backups >= 1000,
    begin: (stage) => orchestrate('monitor', stage),
  },
];
