import type { Json } from '../../src/arm/call.ts';
import { idInUrl, pathKey } from './address.ts';
import { anywhere, jsonOf, textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';
import { isPassing } from './recordedReplies.ts';

/** What a write does to a protected item or backup instance. */
export type Verb =
  | 'put'
  | 'delete'
  | 'backup'
  | 'sync'
  | 'stopProtection'
  | 'suspendBackups'
  | 'resumeProtection'
  | 'resumeBackups'
  | 'undelete';

/** A write by which a flow can be told. */
export interface FlowWrite {
  /** Position of the exchange in the recording. */
  readonly index: number;
  readonly verb: Verb;
  /** Id of the item or instance, as the recorded client spelled it. */
  readonly itemId: string;
  /** The id as addresses spell it. */
  readonly itemPath: string;
  readonly isInstance: boolean;
  readonly body: Json | undefined;
  readonly exchange: Exchange;
}

const item =
  /^(.*\/vaults\/[^/]+\/backupFabrics\/[^/]+\/protectionContainers\/[^/]+\/protectedItems\/[^/]+)(?:\/(backup))?$/i;
const instance =
  /^(.*\/backupVaults\/[^/]+\/(?:deletedB|b)ackupInstances\/[^/]+)(?:\/(backup|sync|stopProtection|suspendBackups|resumeProtection|resumeBackups|undelete))?$/i;
const support =
  /\/(?:refreshContainers|validateForBackup|protectionContainers\/[^/]+|protectionContainers\/[^/]+\/inquire)$/i;

const verbs: readonly Verb[] = [
  'backup',
  'sync',
  'stopProtection',
  'suspendBackups',
  'resumeProtection',
  'resumeBackups',
  'undelete',
];

function verbOf(method: string, action: string | undefined): Verb | undefined {
  if (action) {
    return method === 'POST' ? verbs.find((verb) => verb.toLowerCase() === action.toLowerCase()) : undefined;
  }
  return method === 'PUT' ? 'put' : method === 'DELETE' ? 'delete' : undefined;
}

function flowWrite(exchange: Exchange, index: number): FlowWrite[] {
  const id = idInUrl(exchange.url);
  const [match, isInstance] = [item.exec(id) ?? instance.exec(id), instance.test(id)];
  const verb = match ? verbOf(exchange.method, match[2]) : undefined;
  if (!match?.[1] || !verb) return [];
  const itemId = match[1].replace(/\/deletedBackupInstances\//i, '/backupInstances/');
  const body = jsonOf(exchange.requestBody);
  return [{ index, verb, itemId, itemPath: pathKey(itemId), isInstance, body, exchange }];
}

/** The writes that begin flows, in their order; one that was throttled or failed in passing and came again counts once. */
export function flowWritesIn(exchanges: readonly Exchange[]): readonly FlowWrite[] {
  const all = exchanges.flatMap(flowWrite);
  return all.filter(
    (write, at) =>
      !isPassing(write.exchange.reply.status) ||
      !all.slice(at + 1).some(({ verb, itemPath }) => verb === write.verb && itemPath === write.itemPath),
  );
}

/** Whether a request changes something; reads that are sent as POST do not. */
export const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

/** Whether a write only prepares a protection: discovery, registration, inquiry, validation. */
const isSupport = ({ method, url }: Exchange): boolean =>
  isWrite(method) && method !== 'DELETE' && support.test(idInUrl(url));

const datasourceOf = (body: Json | undefined): string | undefined =>
  textAt(anywhere(body, 'dataSourceInfo'), 'resourceId')?.toLowerCase();

/** Whether a preparing write prepares this protection: of the same datasource, container or vault. */
function prepares({ url, requestBody }: Exchange, put: FlowWrite): boolean {
  const path = pathKey(idInUrl(url));
  if (path.endsWith('/validateforbackup')) {
    const isSameVault = put.itemPath.startsWith(path.replace(/validateforbackup$/, 'backupinstances/'));
    return isSameVault && datasourceOf(jsonOf(requestBody)) === datasourceOf(put.body);
  }
  return put.itemPath.startsWith(`${path.replace(/\/(?:refreshcontainers|inquire)$/, '')}/`);
}

/** The preparing writes of a recording: position → position of the protection that each of them prepares, if any. */
export function preparationsIn(
  exchanges: readonly Exchange[],
  writes: readonly FlowWrite[],
): ReadonlyMap<number, number | undefined> {
  const puts = writes.filter(({ verb }) => verb === 'put');
  return new Map(
    exchanges.flatMap((exchange, index): [number, number | undefined][] => {
      if (!isSupport(exchange)) return [];
      return [[index, puts.find((put) => put.index > index && prepares(exchange, put))?.index]];
    }),
  );
}
