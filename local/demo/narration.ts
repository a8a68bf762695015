import type { RunRecord, StepReport } from '../../src/runs/run.ts';
import type { Screen } from './screen.ts';

/** What the steps do, in the words of a backup operator; a step without a sentence is told by its name. */
const sentences: Readonly<Record<string, string>> = {
  'recoveryServices.findProtectedItem': 'Is it protected already?',
  'recoveryServices.readPolicy': 'Read the backup policy',
  'recoveryServices.findContainer': 'Is the storage account registered with the vault?',
  'recoveryServices.findProtectableContainer': 'Does the vault know the storage account?',
  'recoveryServices.refreshContainers': 'Let the vault discover storage accounts',
  'recoveryServices.registerContainer': 'Register the storage account',
  'recoveryServices.findProtectableShare': 'Does the vault list the share?',
  'recoveryServices.inquireContainer': 'Let the vault look for shares',
  'recoveryServices.protectItem': 'Protect it with the policy',
  'recoveryServices.awaitProtected': 'Wait until it is really protected',
  'recoveryServices.backUpNow': 'Back it up now',
  'recoveryServices.followBackupOperation': 'Follow the operation to the job it has begun',
  'recoveryServices.readJob': 'Follow the backup job to its end',
  'resources.findDisk': 'Look at the disk',
  'resources.listRolesAt': 'Which roles does the vault hold there?',
  'resources.grantRole': 'Give the vault the role it lacks',
  'dataProtection.getBackupVault': 'Look at the Backup vault',
  'dataProtection.getBackupPolicy': 'Read the backup policy',
  'dataProtection.findInstancesOf': 'Is it protected already?',
  'dataProtection.validateForBackup': 'Would the service protect it?',
  'dataProtection.configureProtection': 'Protect it with the policy',
  'dataProtection.awaitProtection': 'Wait until it is really protected',
  'dataProtection.findInstance': 'Find the backup instance',
  'dataProtection.backUpInstance': 'Back it up now',
  'dataProtection.findRecoveryPoint': 'Find the recovery point: the proof',
  'recoveryServices.findRecoveryPoint': 'Find the recovery point: the proof',
};

const seconds = (from: string, to: string): string =>
  `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;

function toldStep({ name, status, startedAt, endedAt, asks }: StepReport): string {
  const what = sentences[name] ?? name;
  const took = endedAt === undefined ? '' : `, ${seconds(startedAt, endedAt)}`;
  const again = asks > 1 ? `, asked ${asks} times` : '';
  return `  ${status === 'done' ? '✓' : '✗'} ${what} (${name}${took}${again})`;
}

function presentJob({ job }: RunRecord): string | undefined {
  if (!job || job.endedAt !== undefined) return undefined;
  return `  … The backup job: ${job.status}${job.progress ? `, ${job.progress}` : ''}`;
}

/** What a run does right now: its open step, or the job it watches. */
function present(record: RunRecord): string | undefined {
  const open = record.steps.find(({ endedAt }) => endedAt === undefined);
  if (open) return `  … ${sentences[open.name] ?? open.name}${open.detail ? ` · ${open.detail}` : ''}`;
  if (presentJob(record)) return presentJob(record);
  const last = record.steps.at(-1)?.name ?? '';
  return /backUp(?:Now|Instance)$/.test(last) && record.endedAt === undefined
    ? '  … The backup job has begun, its vault is watched'
    : undefined;
}

/** Tells a run step by step from its record: each call says what is new since the last. */
export function narrate(screen: Screen): (record: RunRecord) => void {
  const told = new Set<number>();
  return (record) => {
    record.steps.forEach((step, index) => {
      if (step.endedAt === undefined || told.has(index)) return;
      told.add(index);
      screen.line(toldStep(step));
    });
    const now = present(record);
    if (now) screen.progress(now);
  };
}
