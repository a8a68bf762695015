import { z } from 'zod';
import { parseResourceId } from '../resources.ts';
import { sha256Hex } from '../seeded.ts';
import { usTime } from './jobs.ts';
import { hasPrivateDisks, includedDisks, type MachineDisk } from './machine-disks.ts';
import type { Restore, Restoring } from './restore.ts';
import type { Job, RecoveryPoint } from './state.ts';

const requestSchema = z.looseObject({
  objectType: z.literal('IaasVMRestoreRequest'),
  recoveryType: z.enum(['RestoreDisks', 'OriginalLocation', 'AlternateLocation']),
  sourceResourceId: z.string().min(1),
  region: z.string().min(1),
  targetResourceGroupId: z.string().nullish(),
  storageAccountId: z.string().nullish(),
  identityBasedRestoreDetails: z.looseObject({ targetStorageAccountId: z.string() }).nullish(),
  targetDiskNetworkAccessSettings: z.looseObject({}).nullish(),
  restoreDiskLunList: z.array(z.int()).nullish(),
});

type MachineRequest = z.infer<typeof requestSchema>;

/** What a restore of a machine does; a text says what is wrong with the request. Only disks really come back. */
export function machineRestore(asked: Restoring, point: RecoveryPoint, body: unknown): Restore | string {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const request = parsed.data;
  const staging = request.storageAccountId ?? request.identityBasedRestoreDetails?.targetStorageAccountId;
  if (staging == null || staging === '') return 'storageAccountId is missing';
  const groupId = request.targetResourceGroupId ?? undefined;
  return {
    targetId: groupId ?? staging,
    linked: [
      { action: 'Microsoft.Storage/storageAccounts/write', scope: staging },
      ...(groupId === undefined ? [] : [{ action: 'Microsoft.Compute/disks/write', scope: groupId }]),
    ],
    seconds: asked.rsv.seed.timings.restoreVirtualMachine,
    obstacle: findProblem(asked, request, staging),
    restoreType: request.recoveryType,
    properties: {
      'Job Type': 'Recover disks',
      'Target Storage Account Name': parseResourceId(staging).name,
      'Recovery point time ': usTime(point.at),
      ...(groupId !== undefined && { 'Target resource group': parseResourceId(groupId).group }),
    },
    endProperties: {},
    tasks: (startAt, endAt) => [{ name: 'Transfer data from vault', startAt, endAt }],
    complete: (job, now) => {
      if (request.recoveryType !== 'RestoreDisks') return;
      stageConfiguration(asked, staging, job);
      if (groupId !== undefined) makeDisks(asked, { groupId, request, job, now });
    },
  };
}

/** What `backupTriggerValidateOperation` tells, and what makes the job of an unvalidated restore fail. */
function findProblem(
  { rsv, vault, item }: Restoring,
  { targetResourceGroupId, region, targetDiskNetworkAccessSettings: access }: MachineRequest,
  staging: string,
): Restore['obstacle'] {
  const { resources } = rsv.core;
  const account = resources.get(staging);
  const location = vault.seed.location.toLowerCase();
  if (account === undefined)
    return problem('UserErrorStorageAccountNotFound', 'The staging account was not found.');
  if (account.location?.toLowerCase() !== location || region.toLowerCase() !== location)
    return problem(
      'UserErrorRestoreRegionMismatch',
      'The region and the staging account must be those of the vault.',
    );
  if (/ZRS/i.test(String(account.sku?.['name'] ?? '')))
    return problem('UserErrorStagingAccountZoneRedundant', 'The staging account is zone-redundant.');
  if (hasPrivateDisks(rsv, item) && access == null)
    return problem(
      'UserErrorDiskNetworkAccessSettingsMissing',
      'Disks with private access need targetDiskNetworkAccessSettings.',
    );
  if (targetResourceGroupId == null) return undefined;
  const { subscription, group } = parseResourceId(targetResourceGroupId);
  return resources.hasScope(subscription, group)
    ? undefined
    : problem('UserErrorTargetResourceGroupNotFound', 'The target resource group was not found.');
}

const problem = (code: string, errorString: string) => ({ code, errorString, errorCode: 400_001 });

/** A container with the machine's configuration and a template stays in the staging account. */
function stageConfiguration({ rsv, item }: Restoring, staging: string, job: Job): void {
  const word = item.source.friendlyName
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 12);
  const container = `${word}-${sha256Hex(job.id).slice(0, 32)}`;
  const id = `${staging}/blobServices/default/containers/${container}`;
  rsv.core.resources.put({ id, name: container, type: parseResourceId(id).type, properties: {} });
  const uri = `https://${parseResourceId(staging).name}.blob.core.windows.net/${container}`;
  const config = `config-${word}-${job.id}.json`;
  job.endProperties = {
    'Config Blob Name': config,
    'Config Blob Container Name': container,
    'Config Blob Uri': `${uri}/${config}`,
    'Create VM Template Blob Uri': `${uri}/azuredeploy${job.id}.json`,
  };
}

interface Target {
  readonly groupId: string;
  readonly request: MachineRequest;
  readonly job: Job;
  readonly now: number;
}

/** Managed disks under names of the service's own; the one with the operating system is always among them. */
function makeDisks(asked: Restoring, { groupId, request, job, now }: Target): void {
  const { rsv, item, vault, variant } = asked;
  const { restoreDiskLunList } = request;
  if (variant === 'empty') return;
  const stamp = new Date(job.startAt).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const wanted = includedDisks(rsv, item).filter(
    ({ lun }) => lun === -1 || restoreDiskLunList == null || restoreDiskLunList.includes(lun),
  );
  for (const disk of wanted) {
    const name = `${item.source.friendlyName}-${wordOf(disk)}-${stamp}`.toLowerCase();
    const sizeGB = variant === 'corrupt' ? Math.ceil(disk.sizeGB / 2) : disk.sizeGB;
    const id = `${groupId}/providers/Microsoft.Compute/disks/${name}`;
    rsv.core.resources.put({
      id,
      name,
      type: 'Microsoft.Compute/disks',
      location: vault.seed.location,
      tags: { RSVaultBackup: job.id },
      sku: { name: 'Premium_LRS' },
      properties: {
        ...(disk.lun === -1 && { osType: 'Windows' }),
        creationData: { createOption: 'Restore' },
        diskSizeGB: sizeGB,
        diskSizeBytes: sizeGB * 1024 ** 3,
        diskState: 'Unattached',
        provisioningState: 'Succeeded',
        timeCreated: new Date(now).toISOString(),
      },
    });
    rsv.core.hooks.wrote?.({ id, action: 'Microsoft.Compute/disks/write', at: now });
  }
}

const wordOf = ({ lun }: MachineDisk) => (lun === -1 ? 'osdisk' : `datadisk-${String(lun).padStart(3, '0')}`);
