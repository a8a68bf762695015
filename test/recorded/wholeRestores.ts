import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { ResourceStore } from '../../local/arm-simulator/resources.ts';
import { parseResourceId } from '../../local/arm-simulator/resources.ts';
import type { Simulator } from '../../local/arm-simulator/simulator.ts';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { addressOf, idInUrl, pathKey } from './address.ts';
import type { FlowWrite } from './flowWrites.ts';
import { jsonOf, textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';
import type { RecordedFlow } from './recordedFlows.ts';
import { RecordedService } from './recordedService.ts';
import { sightingsIn } from './sightings.ts';
import type { Traffic } from './traffic.ts';

/** One recorded restore, as a drill of ours would bring it about. */
export interface DrillOfRestore {
  /** Body of `POST /api/drills`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Groups and accounts that the plan must allow. */
  readonly places: readonly string[];
  /** What the recording restores into, and what ours does, by the id of the run. */
  readonly renamed: (run: string) => readonly (readonly [recorded: string, ours: string])[];
  /** Makes, beside the recording, what its job has brought back: nothing there shows it. */
  readonly bringBack: (resources: ResourceStore, run: string) => void;
}

const restorePath = /\/restore$/i;
const backupProvider = /\/providers\/microsoft\.(?:recoveryservices|dataprotection)\//i;

/** The restore as the write of a flow: until the next restore or deletion every reply is its own. */
function flowOf(exchanges: readonly Exchange[], index: number): RecordedFlow {
  const exchange = exchanges[index] as Exchange;
  const itemId = idInUrl(exchange.url).replace(/\/(?:recoveryPoints\/[^/]+\/)?restore$/i, '');
  const write: FlowWrite = {
    ...{ index, verb: 'backup', itemId, itemPath: pathKey(itemId), exchange },
    isInstance: /\/backupInstances\//i.test(itemId),
    body: jsonOf(exchange.requestBody),
  };
  const next = exchanges.findIndex(
    (one, at) => at > index && (one.method === 'DELETE' || restorePath.test(idInUrl(one.url))),
  );
  return {
    ...{ title: 'restore', write, lastWrite: write, from: 0, previous: undefined, preparations: [] },
    until: next < 0 ? exchanges.length : next,
    sightings: sightingsIn(exchanges),
    cause: { by: 'nothing', reason: '' },
  };
}

/** Everything that is not the backup service is played beside the recording. */
function besides(
  recorded: RecordedService,
  simulator: Simulator,
  names: () => readonly (readonly [string, string])[],
): HttpClient {
  return {
    async sendRequest(request) {
      const { method, url, body } = request;
      const text = typeof body === 'string' ? body : undefined;
      if (backupProvider.test(new URL(url).pathname)) {
        const theirs = names().reduce(
          (all, [recordedName, ours]) => all?.replaceAll(ours, recordedName),
          text,
        );
        return recorded.sendRequest(
          theirs === undefined ? request : Object.assign(request, { body: theirs }),
        );
      }
      const reply = await simulator.handle({
        ...{ method, url, headers: request.headers.toJSON() },
        ...(text === undefined ? {} : { body: text }),
      });
      return {
        request,
        status: reply.status,
        headers: createHttpHeaders(reply.headers),
        bodyAsText: reply.body ?? '',
      };
    },
  };
}

/** What a drill of ours has made of a recorded restore. */
export interface DrillReplayed {
  readonly run: RunRecord;
  readonly traffic: Traffic;
}

/** Drills a recorded restore with the whole app: the recording answers for the service, a small world for what lies beside. */
export async function replayDrill(
  exchanges: readonly Exchange[],
  index: number,
  { body, places, renamed, bringBack }: DrillOfRestore,
): Promise<DrillReplayed> {
  const flow = flowOf(exchanges, index);
  const recorded = new RecordedService(exchanges, flow);
  let runId = '';
  const vaultId = /^.*?\/(?:backupVaults|vaults)\/[^/]+/i.exec(flow.write.itemId)?.[0] ?? '';
  const location = regionOf(exchanges, vaultId);
  const accounts = places.filter((id) => /\/storageAccounts\//i.test(id));
  const groups = places.map((id) => ({ ...parseResourceId(id) }));
  const sentAt = Date.parse(flow.write.exchange.reply.headers['date'] ?? '');
  const app = await startEmbeddedApp({
    world: {
      subscriptions: [...new Set(groups.map(({ subscription }) => subscription))].map((id) => ({
        id,
        resourceGroups: [
          ...new Set(groups.filter(({ group }) => group !== '').map(({ group }) => group)),
        ].map((name) => ({ name })),
      })),
      resources: accounts.map((id) => ({ id, location, kind: 'StorageV2' })),
    } as never,
    httpClient: {
      sendRequest: (request) => besides(recorded, app.simulator, () => renamed(runId)).sendRequest(request),
    },
    environment: { RESTORE_DRILLS: 'true' },
    plan: () => ({
      safety: {
        subscriptions: [parseResourceId(vaultId).subscription],
        vaults: [vaultId],
        drillTargets: [...places],
      },
    }),
    ...(Number.isNaN(sentAt) ? {} : { startAt: new Date(sentAt).toISOString() }),
  });
  try {
    const answer = await app.request('POST', '/api/drills', body);
    runId = (answer?.body as { id?: string } | undefined)?.id ?? '';
    if (answer?.status !== 202) throw new Error(JSON.stringify(answer?.body));
    await app.clock.runUntil(() => recorded.traffic.isSent, 3_600_000);
    bringBack(app.simulator.core.resources, runId);
    return { run: await app.runEnded(runId, 48), traffic: recorded.traffic };
  } finally {
    await app.stop();
  }
}

/** The region of the vault as any reply of the recording tells it. */
function regionOf(exchanges: readonly Exchange[], vaultId: string): string {
  const path = pathKey(vaultId);
  const vault = exchanges.find(({ url, reply }) => addressOf(url).path === path && reply.status === 200);
  return textAt(vault?.reply.body, 'location') ?? 'westeurope';
}
