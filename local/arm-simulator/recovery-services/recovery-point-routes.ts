import type { ArmReply } from '../exchange.ts';
import { readFilter, readFilterTime } from '../filter.ts';
import { listReply } from '../paging.ts';
import { json, serviceError } from '../replies.ts';
import type { Route } from '../core.ts';
import { parseResourceId } from '../resources.ts';
import { itemId } from './item-body.ts';
import { diskConfiguration, hasPrivateDisks } from './machine-disks.ts';
import type { Item, RecoveryPoint, RecoveryServices } from './state.ts';
import { netSecond, netTime } from './time-format.ts';
import {
  action,
  askedItem,
  dataSourceNotFound,
  invalidInput,
  inVault,
  protectedItemPath,
  type VaultCall,
} from './vault-call.ts';

/** Recovery points of an item. */
export function recoveryPointRoutes(rsv: RecoveryServices): Route[] {
  const points = `${protectedItemPath}/recoveryPoints`;
  const read = action('backupFabrics/protectionContainers/protectedItems/recoveryPoints/read');
  return [
    {
      name: 'recoveryServices.recoveryPoints',
      method: 'GET',
      path: points,
      action: read,
      bucket: 'provider',
      handle: inVault(rsv, listPoints),
    },
    {
      name: 'recoveryServices.recoveryPoint',
      method: 'GET',
      path: `${points}/{point}`,
      action: read,
      bucket: 'provider',
      handle: inVault(rsv, getPoint),
    },
  ];
}

function listPoints(asked: VaultCall): ArmReply {
  const item = askedItem(asked);
  if (item === undefined) return dataSourceNotFound();
  const filter = readFilter(asked.call.url);
  const from = readFilterTime(filter?.['startdate'] ?? '1970-01-01 12:00:00 AM');
  const to = readFilterTime(filter?.['enddate'] ?? '9999-12-31 11:59:59 PM');
  if (filter === undefined || Number.isNaN(from) || Number.isNaN(to))
    return invalidInput('startDate and endDate are yyyy-MM-dd hh:mm:ss AM');
  const { now } = asked.call;
  const inRange = item.recoveryPoints.filter(
    (point) => !isExpired(point, now) && point.at >= from && point.at <= to,
  );
  const newestFirst = inRange.toSorted((a, b) => b.at - a.at);
  return listReply(
    asked.call,
    newestFirst.map((point) => pointBody(asked, item, point)),
  );
}

function getPoint(asked: VaultCall): ArmReply {
  const item = askedItem(asked);
  const point = item && askedPoint(asked, item, asked.call.params['point'] ?? '');
  if (item !== undefined && point !== undefined) return json(200, singleBody(asked, item, point));
  return serviceError(404, 'UserErrorRecoveryPointNotFound', 'The recovery point was not found.');
}

/** A point of an item by its name; undefined when there is none or it has expired. */
export const askedPoint = ({ call }: VaultCall, item: Item, name: string): RecoveryPoint | undefined =>
  item.recoveryPoints.find((point) => point.id === name && !isExpired(point, call.now));

const isExpired = ({ expiresAt }: RecoveryPoint, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now;

/** Only the single read shows when a point expires, and which disks it holds. */
function singleBody(asked: VaultCall, item: Item, point: RecoveryPoint): unknown {
  const { properties, ...row } = pointBody(asked, item, point);
  const { expiresAt } = point;
  const disks = item.source.kind === 'AzureIaasVM' ? diskConfiguration(asked.rsv, item) : undefined;
  return {
    ...row,
    properties: {
      ...properties,
      ...(expiresAt !== undefined && {
        recoveryPointProperties: { expiryTime: netTime(expiresAt), isSoftDeleted: false },
      }),
      ...(hasPrivateDisks(asked.rsv, item) && { isPrivateAccessEnabledOnAnyDisk: true }),
      ...(disks !== undefined && { recoveryPointDiskConfiguration: disks }),
    },
  };
}

function pointBody(
  { vault }: VaultCall,
  item: Item,
  point: RecoveryPoint,
): Record<string, unknown> & { readonly properties: Record<string, unknown> } {
  return {
    id: `${itemId(vault, item)}/recoveryPoints/${point.id}`,
    name: point.id,
    type: 'Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/recoveryPoints',
    properties: { ...kindFields(item, point), ...saidFields(item, point) },
  };
}

/** What a world says of a point instead of what is usual. */
const saidFields = ({ source }: Item, { type, tiers }: RecoveryPoint) => ({
  ...(type !== undefined && { [source.kind === 'AzureWorkload' ? 'type' : 'recoveryPointType']: type }),
  ...(tiers !== undefined && { recoveryPointTierDetails: tiers }),
});

function kindFields({ source }: Item, { at }: RecoveryPoint): Record<string, unknown> {
  switch (source.kind) {
    case 'AzureStorage':
      return {
        objectType: 'AzureFileShareRecoveryPoint',
        recoveryPointType: 'FileSystemConsistent',
        recoveryPointTime: netSecond(at),
        fileShareSnapshotUri: snapshotUri(source, at),
        recoveryPointSizeInGB: 0,
        recoveryPointTierDetails: [valid('InstantRP')],
      };
    case 'AzureIaasVM':
      return machinePoint(at);
    case 'AzureWorkload':
      return {
        objectType:
          source.database?.type === 'SAPHANA'
            ? 'AzureWorkloadSAPHanaRecoveryPoint'
            : 'AzureWorkloadSQLRecoveryPoint',
        recoveryPointTimeInUTC: netTime(at),
        type: 'Full',
        recoveryPointTierDetails: [valid('HardenedRP')],
      };
  }
}

const valid = (type: string) => ({ type, status: 'Valid' });

const snapshotUri = ({ resourceId, friendlyName }: Item['source'], at: number): string =>
  `https://${parseResourceId(resourceId).name}.file.core.windows.net/${friendlyName}?sharesnapshot=${netSecond(at).replace('Z', '.0000000Z')}`;

function machinePoint(at: number): Record<string, unknown> {
  return {
    objectType: 'IaasVMRecoveryPoint',
    recoveryPointType: 'AppConsistent',
    recoveryPointTime: netTime(at),
    recoveryPointAdditionalInfo: '',
    sourceVMStorageType: 'PremiumVMOnPartialPremiumStorage',
    isSourceVMEncrypted: false,
    isInstantIlrSessionActive: false,
    recoveryPointTierDetails: [valid('InstantRP'), valid('HardenedRP')],
    isManagedVirtualMachine: true,
    virtualMachineSize: 'Standard_DS1_v2',
    originalStorageAccountOption: false,
    osType: 'Windows',
    recoveryPointMoveReadinessInfo: { ArchivedRP: { isReadyForMove: false, additionalInfo: '' } },
    securityType: 'None',
    isPrivateAccessEnabledOnAnyDisk: false,
    createdWithPolicyType: 'V2',
  };
}
