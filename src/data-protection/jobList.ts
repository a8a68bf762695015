import type { ArmCall, ArmReply, Json, JsonObject } from '../arm/call.ts';
import { resourcePath, sameId } from '../arm/resourceId.ts';
import { dataProtectionApiVersion } from './apiVersion.ts';
import { followInstanceJob, readInstanceJob, type InstanceJob } from './jobs.ts';
import { rows, text, within } from './replies.ts';

/** A row of the job list as the tracker reads it. */
interface ListedJob {
  readonly jobId: string;
  readonly activityId: string;
  readonly seen: InstanceJob;
  readonly state: 'running' | 'completed' | 'detailed';
}

/** What the tracker knows of a watched backup. */
interface WatchedBackup {
  readonly itemId: string;
  readonly sentAt: string;
  readonly joined?: true;
}

const action = 'Microsoft.DataProtection/backupVaults/backupJobs/read';
const skewMs = 120_000;

const jobsCall = (path: string): ArmCall => ({
  action,
  method: 'GET',
  path,
  apiVersion: dataProtectionApiVersion,
});

/** Rows carry no details: every ending but the plain one is read by itself. */
const states: Readonly<Record<string, ListedJob['state']>> = {
  completed: 'completed',
  succeeded: 'completed',
  success: 'completed',
  successwithwarning: 'detailed',
  completedwithwarnings: 'detailed',
  failed: 'detailed',
  cancelled: 'detailed',
  canceled: 'detailed',
};

function listedJob(row: JsonObject): ListedJob {
  const seen = readInstanceJob(row);
  return {
    jobId: seen.id.toLowerCase(),
    activityId: text(within(row, 'properties', 'activityID'))?.toLowerCase() ?? '',
    seen,
    state: states[seen.status.toLowerCase()] ?? 'running',
  };
}

function readOne(reply: ArmReply, jobId: string) {
  const context = {
    now: new Date(0),
    firstAt: new Date(0).toISOString(),
    ...{ attemptId: '', sentAt: '', waitSeconds: 30, stepId: '' },
  };
  const reading = followInstanceJob.read(reply, { jobId, waitSeconds: 30 }, context);
  if (reading.kind === 'done')
    return { kind: 'ended', ending: reading.result as JsonObject, seen: reading.result.job } as const;
  const seen = (reading.kind === 'waiting' ? reading.detail : undefined) as InstanceJob | undefined;
  return { kind: 'running', seen: seen ?? { id: jobId, status: 'unknown' } } as const;
}

function isOurs(job: JsonObject, { itemId, sentAt, joined }: WatchedBackup): boolean {
  const of = (name: string): Json | undefined => within(job, 'properties', name);
  const startedAt = Date.parse(text(of('startTime')) ?? '');
  const near = Math.abs(startedAt - Date.parse(sentAt)) <= skewMs;
  const isRunning = !(text(of('status'))?.toLowerCase() ?? '').match(/^(completed|succe|fail|cancel)/);
  return (
    sameId(text(of('backupInstanceId')) ?? '', itemId) &&
    (text(of('operation')) ?? '').startsWith('Backup') &&
    (joined ? isRunning : near && of('isUserTriggered') !== false)
  );
}

/** A job that the user triggered, for the instance, about when the backup was sent. */
function matchItem(reply: ArmReply, watch: WatchedBackup) {
  const found = rows(within(reply.body, 'value')).filter((job) => isOurs(job, watch));
  const [first] = found;
  if (!first) return { kind: 'absent' } as const;
  if (found.length === 1 || watch.joined) return { kind: 'found', jobId: text(first.id) ?? '' } as const;
  const message = `${found.length} backup jobs of ${watch.itemId} may be this run's and nothing decides.`;
  return { kind: 'ambiguous', failure: { code: 'BackupJobAmbiguous', message } } as const;
}

/** The jobs of Backup vaults as the job tracker lists and reads them: the list takes no filter. */
export const dataProtectionJobs = {
  listsBySpan: false,
  listCall: (vaultId: string): ArmCall => jobsCall(resourcePath(vaultId, 'backupJobs')),
  readRows: (reply: ArmReply): readonly ListedJob[] => rows(within(reply.body, 'value')).map(listedJob),
  readCall: (vaultId: string, jobId: string): ArmCall =>
    jobsCall(jobId.startsWith('/') ? resourcePath(jobId) : resourcePath(vaultId, 'backupJobs', jobId)),
  readJob: readOne,
  endingOf: ({ seen }: ListedJob): JsonObject => ({ job: seen, ended: 'completed', warnings: [] }),
  matchItem,
  operationAction: 'Microsoft.DataProtection/backupVaults/operationStatus/read',
} as const;
