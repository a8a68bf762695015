import type { ResourceStore } from '../../local/arm-simulator/resources.ts';
import type { Json, JsonObject } from '../../src/arm/call.ts';
import { restoreInstance } from '../../src/data-protection/restores.ts';
import { readRestoreCounts, restoreMachine, restoreShare } from '../../src/recovery-services/restores.ts';
import { addressOf, idInUrl, pathKey } from './address.ts';
import type { FlowReplay } from './flows.ts';
import { anywhere, jsonOf, member, textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';
import { begunBy, jobNamedIn } from './recordedReplies.ts';
import { replayDrill, type DrillOfRestore, type DrillReplayed } from './wholeRestores.ts';

const context = {
  now: new Date(0),
  ...{ attemptId: '', sentAt: '', waitSeconds: 30, stepId: '01', firstAt: '' },
};

/** The same text with names of members in lower case and in order: clients spell `resourceId` and `resourceID`. */
function plain(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => plain(one) ?? null);
  const members = Object.entries(value).map(([name, one]) => [name.toLowerCase(), plain(one)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const differ = (ours: Json | undefined, recorded: Json | undefined): boolean =>
  JSON.stringify(plain(ours)) !== JSON.stringify(plain(recorded));

/** A recorded restore as ours would ask for it; the drill is absent where a drill never restores so. */
interface Ours {
  readonly body: Json | undefined;
  readonly drill?: DrillOfRestore;
}

const itemIn = (path: string): string => path.replace(/\/(?:recoveryPoints\/[^/]+\/)?restore$/i, '');
const nameOf = (id: string): string => id.split('/').at(-1) ?? '';
const groupOf = (id: string): string => id.replace(/\/providers\/.*$/i, '');
const pointIn = (path: string): string => path.split('/').at(-2) ?? '';
const listIn = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/** A drill restores into an account beside, all of the share or items into its root. */
function shareDrill(path: string, body: Json | undefined): DrillOfRestore | undefined {
  const properties = member(body, 'properties');
  const account = textAt(properties, 'targetDetails', 'targetResourceId') ?? '';
  const items = listIn(member(properties, 'restoreFileSpecs'));
  // Ours come into the root of a share that is empty, which no recording shows.
  if (items.length > 0) return undefined;
  const recordedShare = textAt(properties, 'targetDetails', 'name') ?? '';
  return {
    body: {
      target: { id: itemIn(path) },
      into: { fileShare: { storageAccount: account } },
      point: { name: pointIn(path) },
    },
    places: [account],
    renamed: (run) => [[recordedShare, `abd-${run}`]],
    // The counts of the job say what came back into the share.
    bringBack: () => undefined,
  };
}

function shareRestore(path: string, body: Json | undefined): Ours | string {
  const properties = member(body, 'properties');
  const words = (name: string): string => textAt(properties, name) ?? '';
  if (words('recoveryType') !== 'AlternateLocation') return 'restores in place, which no drill does';
  if (words('copyOptions') !== 'Overwrite') return 'copies otherwise';
  const specs = listIn(member(properties, 'restoreFileSpecs'));
  const drill = shareDrill(path, body);
  return {
    body: restoreShare.describe({
      ...{ itemId: path, kind: 'fileShare', friendlyName: '', pointId: path.replace(/\/restore$/i, '') },
      sourceAccountId: words('sourceResourceId'),
      targetAccountId: textAt(properties, 'targetDetails', 'targetResourceId') ?? '',
      targetShare: textAt(properties, 'targetDetails', 'name') ?? '',
      ...(specs.length > 0
        ? {
            items: specs.map((one) => ({
              path: textAt(one, 'path') ?? '',
              type: textAt(one, 'fileSpecType') === 'Directory' ? ('Directory' as const) : ('File' as const),
            })),
            folder: textAt(specs[0], 'targetFolderPath') ?? '',
          }
        : {}),
    }).body,
    ...(drill ? { drill } : {}),
  };
}

/** The one disk that the recorded machine has; the recording counts its gigabytes and shows nothing else of it. */
function plantMachineDisk(resources: ResourceStore, groupId: string): void {
  const name = 'restored-osdisk';
  resources.put({
    ...{ id: `${groupId}/providers/Microsoft.Compute/disks/${name}`, name, type: 'Microsoft.Compute/disks' },
    properties: { osType: 'Windows', diskSizeGB: 127, provisioningState: 'Succeeded' },
  });
}

function machineRestore(path: string, body: Json | undefined): Ours | string {
  const properties = member(body, 'properties');
  const words = (name: string): string => textAt(properties, name) ?? '';
  if (words('recoveryType') === 'OriginalLocation')
    return 'replaces the disks of the machine, which no drill does';
  if (words('recoveryType') === 'AlternateLocation') return 'makes a new machine, which no drill does';
  const recordedGroup = words('targetResourceGroupId');
  if (recordedGroup === '') return 'brings the disks back unmanaged, which no drill does';
  const staging = words('storageAccountId');
  const subscription = /^\/subscriptions\/[^/]+/i.exec(recordedGroup)?.[0] ?? '';
  const groupFor = (run: string): string => `${subscription}/resourceGroups/abd-${run}`;
  return {
    body: restoreMachine.describe({
      ...{ itemId: path, kind: 'virtualMachine', friendlyName: '', pointId: path.replace(/\/restore$/i, '') },
      ...{ pointName: words('recoveryPointId'), machineId: words('sourceResourceId') },
      ...{ region: words('region'), groupId: recordedGroup, stagingAccountId: staging },
    }).body,
    drill: {
      body: {
        target: { id: itemIn(path) },
        into: { virtualMachine: { subscription, stagingAccount: staging, disks: 'all' } },
        point: { name: pointIn(path) },
      },
      places: [staging, subscription],
      renamed: (run) => [[recordedGroup, groupFor(run)]],
      bringBack: (resources, run) => plantMachineDisk(resources, groupFor(run)),
    },
  };
}

function instanceRestore(path: string, body: Json | undefined): Ours | string {
  const target = member(body, 'restoreTargetInfo');
  if (target === undefined) return `asks for another kind: ${textAt(body, 'objectType') ?? ''}`;
  const criteria = member(target, 'restoreCriteria');
  const containers = Array.isArray(criteria)
    ? criteria.flatMap((one: Json) => textAt(one, 'itemPath') ?? [])
    : undefined;
  const targetId = textAt(target, 'datasourceInfo', 'resourceId') ?? '';
  const pointName = textAt(body, 'recoveryPointId') ?? '';
  const asked = restoreInstance.describe({
    ...{ instanceId: itemIn(path), pointName, targetId, region: textAt(target, 'restoreLocation') ?? '' },
    ...(containers ? { containers } : {}),
  }).body;
  const into = containers
    ? { blobs: { storageAccount: targetId } }
    : { disk: { resourceGroup: groupOf(targetId) } };
  const diskFor = (run: string): string =>
    `${groupOf(targetId)}/providers/Microsoft.Compute/disks/abd-${run}`;
  return {
    body: asked,
    drill: {
      body: { target: { id: itemIn(path) }, into, point: { name: pointName } },
      places: [containers ? targetId : groupOf(targetId)],
      renamed: (run) => (containers ? [] : [[nameOf(targetId), `abd-${run}`]]),
      bringBack: (resources, run) => {
        const disk = {
          creationData: {
            createOption: 'Copy',
            sourceResourceId: `${groupOf(targetId)}/providers/Microsoft.Compute/snapshots/s`,
          },
          provisioningState: 'Succeeded',
        };
        if (!containers)
          resources.put({
            id: diskFor(run),
            name: `abd-${run}`,
            type: 'Microsoft.Compute/disks',
            properties: disk,
          });
        for (const name of containers ?? []) {
          const id = `${targetId}/blobServices/default/containers/${name}`;
          const type = 'Microsoft.Storage/storageAccounts/blobServices/containers';
          resources.put({ ...{ id, name, type }, properties: {} });
        }
      },
    },
  };
}

/** What our step would send for the restore that a recorded body asks for; a text says why none of ours would. */
function oursFor(path: string, body: Json | undefined): Ours | string {
  const kind = textAt(body, 'properties', 'objectType');
  if (kind === 'AzureFileShareRestoreRequest') return shareRestore(path, body);
  if (kind === 'IaasVMRestoreRequest') return machineRestore(path, body);
  return kind === undefined ? instanceRestore(path, body) : `asks for another kind: ${kind}`;
}

/** The last look at the job that a restore has begun; undefined where it was not read. */
function jobOf(exchanges: readonly Exchange[], restore: Exchange, at: number): JsonObject | undefined {
  const begun = begunBy(restore.reply);
  const operationId = begun.kind === 'finished' ? '' : begun.id.toLowerCase();
  const later = exchanges.slice(at + 1);
  const polls = later.filter(({ url }) => addressOf(url).operation?.id.toLowerCase() === operationId);
  const jobId = polls.map(({ reply }) => jobNamedIn(reply.body)).findLast((id) => id !== undefined);
  const reads = later.filter(({ url }) =>
    addressOf(url).path.endsWith(`/backupjobs/${jobId ?? operationId}`),
  );
  return reads.at(-1)?.reply.body as JsonObject | undefined;
}

/** Whether the counts of a share's job are read as they stand in it. */
function countsDiffer(job: JsonObject): boolean {
  const said = anywhere(job, 'Number Of Restored Files');
  if (typeof said !== 'string') return false;
  const reading = readRestoreCounts.read(
    { status: 200, headers: {}, body: job },
    { vaultId: '', jobId: '' },
    context,
  );
  return reading.kind !== 'done' || reading.result.restored !== Number(said);
}

/** What a drill of the restore came to other than its job has ended; undefined when it is the same. */
function endedOtherwise({ run, traffic }: DrillReplayed, status: string): string | undefined {
  if (traffic.wrong.length > 0) return traffic.wrong.join('; ');
  if (!traffic.isSent) return `the restore was not sent: ${run.error?.message ?? run.status}`;
  const wanted = status === 'Completed' ? 'completed' : 'failed';
  return run.status === wanted ? undefined : `ended ${run.status}: ${run.error?.message ?? ''}`;
}

/** Whether the recording shows the instance, without which no drill knows what it is of. */
const isRead = (exchanges: readonly Exchange[], instanceId: string): boolean =>
  exchanges.some(
    ({ method, url, reply }) =>
      method === 'GET' &&
      addressOf(url).path === pathKey(instanceId) &&
      textAt(reply.body, 'properties', 'dataSourceInfo', 'datasourceType') !== undefined,
  );

async function replay(exchanges: readonly Exchange[], restore: Exchange, at: number): Promise<FlowReplay> {
  const path = idInUrl(restore.url);
  const title = `${restore.where} restore ${nameOf(itemIn(path))}`;
  const recorded = jsonOf(restore.requestBody);
  const said = (kind: FlowReplay['kind'], says: string, reads = 0): FlowReplay => ({
    ...{ title, kind, says },
    readsNotRecorded: reads,
  });
  const ours = oursFor(path, recorded);
  if (typeof ours === 'string') return said('notOurs', ours);
  if (differ(ours.body, recorded)) return said('otherwise', `ours would send ${JSON.stringify(ours.body)}`);
  const job = jobOf(exchanges, restore, at);
  const status = textAt(job, 'properties', 'status');
  if (!job || status === undefined) return said('asFarAsRecorded', 'asked for alike, its job was not read');
  if (countsDiffer(job)) return said('otherwise', 'the counts of its job are read otherwise');
  const isOver = !/^InProgress$/i.test(status);
  const isShown = !restore.url.includes('/backupInstances/') || isRead(exchanges, itemIn(path));
  if (!isOver || !ours.drill || !isShown)
    return said(isOver ? 'asRecorded' : 'asFarAsRecorded', `asked for alike, job ${status}`);
  const replayed = await replayDrill(exchanges, at, ours.drill);
  const reads = replayed.traffic.deduced.size + replayed.traffic.unrecorded.size;
  const otherwise = endedOtherwise(replayed, status);
  if (otherwise !== undefined) return said('otherwise', otherwise, reads);
  const { verdict } = replayed.run.result as { verdict?: string };
  return said('asRecorded', `drilled whole, job ${status}, ${verdict ?? replayed.run.status}`, reads);
}

/** Every restore of a recording: whether ours asks for it alike, drills it to the same end, and reads what came of it. */
export async function replayRestores(exchanges: readonly Exchange[]): Promise<readonly FlowReplay[]> {
  const replays: FlowReplay[] = [];
  for (const [at, exchange] of exchanges.entries())
    if (exchange.method === 'POST' && /\/restore$/i.test(idInUrl(exchange.url)))
      replays.push(await replay(exchanges, exchange, at));
  return replays;
}
