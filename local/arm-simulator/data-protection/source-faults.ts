import type { Core } from '../core.ts';
import { parseResourceId, type ArmResource } from '../resources.ts';
import { containersOf, snapshotGroupOf } from './datasource.ts';
import type { Fault } from './errors.ts';
import type { InstanceRequest } from './instance-request.ts';
import { sameId, type BackupInstance, type DataProtectionState } from './state.ts';

/** What of a request or an instance is looked at when its source is checked. */
export type Protectable = Pick<
  InstanceRequest | BackupInstance,
  'kind' | 'dataSourceInfo' | 'policyInfo' | 'extras'
>;

/** Why this source cannot be protected, apart from permissions; undefined when it can. */
export function findSourceFault(core: Core, wanted: Protectable): Fault | undefined {
  const source = core.resources.get(wanted.dataSourceInfo.resourceID);
  const parameters = wanted.policyInfo.policyParameters;
  switch (wanted.kind) {
    case 'disk':
      return diskFault(source) ?? snapshotGroupFault(core, wanted);
    case 'blobVaulted':
    case 'adls':
      return accountFault(source) ?? containerFault(core, wanted, containersOf(parameters) ?? []);
    case 'blobOperational':
      return accountFault(source);
    default:
      return undefined;
  }
}

function diskFault(disk: ArmResource | undefined): Fault | undefined {
  if (disk === undefined) {
    return { code: 'UserErrorManagedDiskNotFound', message: 'The managed disk was not found.' };
  }
  const encryption = disk.properties['encryptionSettingsCollection'] as { enabled?: boolean } | undefined;
  if (encryption?.enabled !== true) return undefined;
  return {
    code: 'UserErrorDiskBackupDiskTypeNotSupported',
    message: 'The disk type is not supported for backup.',
    detail: 'Azure Disk Encryption is enabled on the disk.',
  };
}

function snapshotGroupFault(core: Core, wanted: Protectable): Fault | undefined {
  const group = snapshotGroupOf(wanted.policyInfo.policyParameters);
  if (group === undefined) return undefined;
  const there = parseResourceId(group);
  if (!sameId(there.subscription, parseResourceId(wanted.dataSourceInfo.resourceID).subscription)) {
    return {
      code: 'UserErrorSnapshotRGSubscriptionMismatch',
      message: 'The snapshot resource group must be in the subscription of the disk.',
    };
  }
  if (core.resources.hasScope(there.subscription, there.group)) return undefined;
  return { code: 'UserErrorSnapshotRGNotFound', message: 'The snapshot resource group was not found.' };
}

function accountFault(account: ArmResource | undefined): Fault | undefined {
  if (account !== undefined) return undefined;
  return { code: 'UserErrorStorageAccountNotFound', message: 'The storage account was not found.' };
}

function containerFault(core: Core, wanted: Protectable, containers: readonly string[]): Fault | undefined {
  const account = wanted.dataSourceInfo.resourceID;
  const missing = containers.filter(
    (name) => core.resources.get(`${account}/blobServices/default/containers/${name}`) === undefined,
  );
  if (missing.length === 0) return undefined;
  return {
    code: 'UserErrorStorageAccountContainerNotFound',
    message: 'One or more containers were not found in the storage account.',
    detail: `Not found: ${missing.join(', ')}.`,
  };
}

/** Takes one forced protection error for this source; each counts down. */
export function takeForcedError(state: DataProtectionState, sourceId: string): Fault | undefined {
  const forced = state.settings.protectionErrors.find(
    (entry) => entry.times > 0 && sameId(entry.sourceId, sourceId),
  );
  if (forced === undefined) return undefined;
  forced.times -= 1;
  const { code, message, detail } = forced;
  return { code, message, ...(detail !== undefined && { detail }) };
}
