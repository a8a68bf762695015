import type { Json, JsonObject } from '../../src/arm/call.ts';
import { restoreInstance } from '../../src/data-protection/restores.ts';
import { readRestoreCounts, restoreShare } from '../../src/recovery-services/restores.ts';
import { addressOf, idInUrl } from './address.ts';
import type { FlowReplay } from './flows.ts';
import { anywhere, jsonOf, member, textAt } from './looseFields.ts';
import type { Exchange } from './readExchanges.ts';
import { begunBy, jobNamedIn } from './recordedReplies.ts';

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

/** What our step would send for the restore that a recorded body asks for; a text says why none of ours would. */
function oursFor(path: string, body: Json | undefined): Json | string | undefined {
  const share = member(body, 'properties');
  const words = (name: string): string => textAt(share, name) ?? '';
  if (words('objectType') === 'AzureFileShareRestoreRequest') {
    if (words('recoveryType') !== 'AlternateLocation') return 'restores in place';
    if (words('restoreRequestType') !== 'FullShareRestore') return 'restores single files';
    if (textAt(share, 'copyOptions') !== 'Overwrite') return 'copies otherwise';
    return restoreShare.describe({
      ...{ itemId: path, kind: 'fileShare', friendlyName: '', pointId: path.replace(/\/restore$/i, '') },
      sourceAccountId: words('sourceResourceId'),
      targetAccountId: textAt(share, 'targetDetails', 'targetResourceId') ?? '',
      targetShare: textAt(share, 'targetDetails', 'name') ?? '',
    }).body;
  }
  const target = member(body, 'restoreTargetInfo');
  if (target === undefined) return `asks for another kind: ${words('objectType')}`;
  const criteria = member(target, 'restoreCriteria');
  const containers = Array.isArray(criteria)
    ? criteria.flatMap((one: Json) => textAt(one, 'itemPath') ?? [])
    : undefined;
  return restoreInstance.describe({
    instanceId: path.replace(/\/restore$/i, ''),
    pointName: textAt(body, 'recoveryPointId') ?? '',
    targetId: textAt(target, 'datasourceInfo', 'resourceId') ?? '',
    region: textAt(target, 'restoreLocation') ?? '',
    ...(containers ? { containers } : {}),
  }).body;
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

function replay(exchanges: readonly Exchange[], restore: Exchange, at: number): FlowReplay {
  const path = idInUrl(restore.url);
  const title = `${restore.where} restore ${path.split('/').at(-4) ?? ''}`;
  const recorded = jsonOf(restore.requestBody);
  const said = (kind: FlowReplay['kind'], says: string): FlowReplay => ({
    ...{ title, kind, says },
    readsNotRecorded: 0,
  });
  const ours = oursFor(path, recorded);
  if (typeof ours === 'string') return said('notOurs', ours);
  if (differ(ours, recorded)) return said('otherwise', `ours would send ${JSON.stringify(ours)}`);
  const job = jobOf(exchanges, restore, at);
  const status = textAt(job, 'properties', 'status');
  if (!job || status === undefined) return said('asFarAsRecorded', 'asked for alike, its job was not read');
  if (countsDiffer(job)) return said('otherwise', 'the counts of its job are read otherwise');
  const isOver = !/^InProgress$/i.test(status);
  return said(isOver ? 'asRecorded' : 'asFarAsRecorded', `asked for alike, job ${status}`);
}

/** Every restore of a recording: whether ours asks for it alike, and reads what came of it. */
export const replayRestores = (exchanges: readonly Exchange[]): readonly FlowReplay[] =>
  exchanges.flatMap((exchange, at) =>
    exchange.method === 'POST' && /\/restore$/i.test(idInUrl(exchange.url))
      ? [replay(exchanges, exchange, at)]
      : [],
  );
