import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../src/runs/run.ts';
import { endingWords, keptUntil, runWords } from '../telling/narration.ts';
import type { StoryRequest } from './story.ts';

const recordFolder = join('.local', 'demo');

/** Writes a run's record where a person can read it whole. @returns the file. */
export function keepRecord(name: string, record: RunRecord): string {
  mkdirSync(recordFolder, { recursive: true });
  const file = join(recordFolder, `${name.replaceAll(' ', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}

const nameOf = (id: string): string => id.split('/').at(-1) ?? id;

const field = (value: unknown, name: string): string | undefined => {
  const found = (value as Readonly<Record<string, unknown>> | undefined | null)?.[name];
  return typeof found === 'string' ? found : undefined;
};

function vaultOf({ body }: StoryRequest, { target, result }: RunRecord): string {
  const id = field((body as { target?: unknown }).target, 'vaultId') ?? field(target, 'id') ?? '';
  const vault = /\/(?:backup)?vaults\/([^/]+)/i.exec(id)?.[1] ?? nameOf(id);
  const policy =
    field((body as { protectFirst?: unknown }).protectFirst ?? body, 'policyId') ?? field(result, 'policyId');
  return policy === undefined ? vault : `${vault}, policy ${nameOf(policy)}`;
}

function stepsOf({ steps }: RunRecord): string {
  const again = steps.filter(({ asks }) => asks > 1).length;
  return `${steps.length}${again > 0 ? `, ${again} of them asked more than once` : ''}`;
}

function jobOf({ job }: RunRecord): string {
  if (!job) return 'none: nothing was backed up';
  const { startedAt, endedAt } = job;
  const took =
    startedAt !== undefined && endedAt !== undefined
      ? `, ${Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)} s`
      : '';
  return `${job.status}${took}, id ${nameOf(job.id)}`;
}

const durationOf = ({ createdAt, endedAt }: RunRecord): string =>
  endedAt === undefined ? '' : ` after ${Math.round((Date.parse(endedAt) - Date.parse(createdAt)) / 1000)} s`;

/** What a story came to. */
export interface Told {
  readonly request: StoryRequest;
  readonly record: RunRecord;
  /** Requests to Azure and to storage, in words. */
  readonly cost: { readonly arm: string; readonly storage: string };
  readonly recordFile: string;
}

/** Ten lines: what was protected, its job, the recovery point and its expiry, what it cost, where the record is. */
export function summaryLines({ request, record, cost, recordFile }: Told): readonly string[] {
  const { recoveryPoint } = record;
  const rows: readonly (readonly [string, string])[] = [
    ['What', runWords(record)],
    ['Vault', vaultOf(request, record)],
    ['Asked by', `POST ${request.path}, run ${record.id}`],
    ['Ended', `${record.error ? endingWords(record) : record.status}${durationOf(record)}`],
    ['Steps', stepsOf(record)],
    ['Job', jobOf(record)],
    ['Recovery point', recoveryPoint ? `${nameOf(recoveryPoint.id)}, of ${recoveryPoint.at}` : 'none yet'],
    ['Kept until', keptUntil(record) ?? (recoveryPoint ? 'the policy says' : '–')],
    ['Cost', `${cost.arm}; ${cost.storage}`],
    ['Record', recordFile],
  ];
  return rows.map(([name, text]) => `  ${name.padEnd(15)} ${text}`);
}
