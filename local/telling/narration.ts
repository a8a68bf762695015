import type { RunRecord, StepReport } from '../../src/runs/run.ts';
import type { Screen } from './screen.ts';
import { sentenceOf } from './stepSentences.ts';

const seconds = (from: string, to: string): string =>
  `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;

function toldStep({ name, status, startedAt, endedAt, asks }: StepReport): string {
  const took = endedAt === undefined ? '' : seconds(startedAt, endedAt);
  const again = asks > 1 ? `, asked ${asks} times` : '';
  return `${status === 'done' ? '✓' : '✗'} ${sentenceOf(name)} (${took}${again})`;
}

function presentJob({ job }: RunRecord): string | undefined {
  if (!job || job.endedAt !== undefined) return undefined;
  return `… The backup job: ${job.status}${job.progress ? `, ${job.progress}` : ''}`;
}

/** What a run does right now: its open step, or the job it watches. */
function present(record: RunRecord): string | undefined {
  const open = record.steps.find(({ endedAt }) => endedAt === undefined);
  if (open) return `… ${sentenceOf(open.name)}${open.detail ? ` · ${open.detail}` : ''}`;
  if (presentJob(record)) return presentJob(record);
  const last = record.steps.at(-1)?.name ?? '';
  return /backUp(?:Now|Instance)$/.test(last) && record.endedAt === undefined
    ? '… The backup job has begun, its vault is watched'
    : undefined;
}

/** The job's end as its tracker tells it, with the proof that it has read beside it. */
function toldProof({ job, recoveryPoint, steps }: RunRecord): string | undefined {
  const lookedItself = steps.some(({ name }) => name.endsWith('.findRecoveryPoint'));
  if (!recoveryPoint || lookedItself) return undefined;
  const ended = job?.status ? `The backup job is ${job.status}` : 'The backup has ended';
  return `✓ ${ended}, its recovery point is there: the proof`;
}

/** Tells a run step by step from its record: each call says what is new since the last. @param margin before each line. */
export function narrate(screen: Screen, margin = '  '): (record: RunRecord) => void {
  const told = new Set<number>();
  let shown: string | undefined;
  let proof: string | undefined;
  return (record) => {
    record.steps.forEach((step, index) => {
      if (step.endedAt === undefined || told.has(index)) return;
      told.add(index);
      screen.line(`${margin}${toldStep(step)}`);
    });
    if (proof === undefined) {
      proof = toldProof(record);
      if (proof !== undefined) screen.line(`${margin}${proof}`);
    }
    const now = present(record);
    if (now && now !== shown) screen.progress(`${margin}${now}`);
    shown = now;
  };
}

const nameIn = (id: string): string => {
  const [, account, share] =
    /\/storageAccounts\/([^/]+)\/fileServices\/[^/]+\/shares\/([^/]+)$/i.exec(id) ?? [];
  return account === undefined ? (id.split('/').at(-1) ?? id) : `${share} of ${account}`;
};

const field = (target: Readonly<Record<string, unknown>>, name: string): string =>
  typeof target[name] === 'string' ? target[name] : '';

/** What a run acts on, in a person's words: `share archive of demofiles`; `several` for a batch. */
export function targetWords({ target, counts }: RunRecord): string {
  if (typeof target !== 'object' || target === null || Array.isArray(target))
    return counts ? `${counts.total} items` : 'several';
  const known = target as Readonly<Record<string, unknown>>;
  if (known['kind'] === 'fileShare')
    return `share ${field(known, 'share')} of ${nameIn(field(known, 'storageAccountId'))}`;
  if (known['kind'] === 'virtualMachine') return `machine ${nameIn(field(known, 'virtualMachineId'))}`;
  if (known['kind'] === 'workload')
    return `database ${field(known, 'database')} in ${field(known, 'container')}`;
  if (known['kind'] === 'disk') return `disk ${nameIn(field(known, 'datasourceId'))}`;
  if (known['kind'] === 'blobs') return `blobs of ${nameIn(field(known, 'datasourceId'))}`;
  return nameIn(field(known, 'id')) || (counts ? `${counts.total} items` : 'several');
}

const kindWords: Readonly<Record<RunRecord['kind'], string>> = {
  backUp: 'Back up',
  dryRun: 'Say what backing up would do to',
  protect: 'Protect',
  validate: 'Check the protection of',
  stop: 'Stop the protection of',
  resume: 'Resume the protection of',
  sweep: 'Sweep',
  drill: 'Drill the restore of',
};

/** `Back up share archive of demofiles`. */
export const runWords = (record: RunRecord): string => `${kindWords[record.kind]} ${targetWords(record)}`;

/** When the last copy of a recovery point is deleted; undefined where the policy alone decides. */
export const keptUntil = ({ recoveryPoint }: RunRecord): string | undefined =>
  recoveryPoint?.tiers
    .flatMap(({ expiresAt }) => expiresAt ?? [])
    .sort()
    .at(-1);

/** How a run ended, as one sentence. */
export function endingWords(record: RunRecord): string {
  const { status, error, recoveryPoint, counts } = record;
  const until = keptUntil(record);
  const proof =
    recoveryPoint && `recovery point of ${recoveryPoint.at}${until ? `, kept until ${until}` : ''}`;
  const items =
    counts &&
    Object.entries(counts)
      .filter(([name, count]) => name !== 'total' && count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const why = error && `${error.code}: ${error.message}${error.advice ? ` ${error.advice}` : ''}`;
  return [status, items, proof, why].filter(Boolean).join(', ');
}
