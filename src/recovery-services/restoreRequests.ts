import type { ArmCall, Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { resourcePath } from '../arm/resourceId.ts';
import type { Step } from '../steps/step.ts';
import { identityApiVersion, identityInfo, type AccountAccess } from './containers.ts';
import { backupApiVersion, backupCall, resourceIn, vaultIdOf, type ItemKind } from './paths.ts';

/** What every restore is asked for with. */
export type RestoreOrder = {
  readonly itemId: string;
  readonly kind: ItemKind;
  readonly friendlyName?: string;
  /** ARM id of the point. */
  readonly pointId: string;
  /** Requests of the Resource Guard under which the vault lets restores pass: ARM ids. */
  readonly guardRequests?: readonly string[];
};

/** The approvals of a guarded vault, as every restore repeats them. */
export const guarding = ({ guardRequests = [] }: Pick<RestoreOrder, 'guardRequests'>): JsonObject =>
  guardRequests.length === 0 ? {} : { resourceGuardOperationRequests: [...guardRequests] };

/** One file or directory of a share, by its path without a slash at either end. */
export type ShareItem = { readonly path: string; readonly type: 'File' | 'Directory' };

/** A restore of a share, or of some of its items, into another share that is there already, empty. */
export type ShareRestoreOrder = RestoreOrder & {
  readonly friendlyName: string;
  /** Account that the share was backed up from. */
  readonly sourceAccountId: string;
  readonly targetAccountId: string;
  readonly targetShare: string;
  /** Absent: all of it. */
  readonly items?: readonly ShareItem[];
  /** Folder of the target that the items come into; its root where it is absent. */
  readonly folder?: string;
  /** By which identity of the vault the accounts are reached; absent: by their keys. */
  readonly access?: AccountAccess;
};

const specOf =
  ({ folder }: ShareRestoreOrder) =>
  ({ path, type }: ShareItem): JsonObject => ({
    path,
    fileSpecType: type,
    ...(folder === undefined ? {} : { targetFolderPath: folder }),
  });

/** The body of a share's restore. Recorded in May 2025; the identity from the specification of July 2026. */
export const shareBody = (order: ShareRestoreOrder): JsonObject => ({
  objectType: 'AzureFileShareRestoreRequest',
  recoveryType: 'AlternateLocation',
  restoreRequestType: order.items ? 'ItemLevelRestore' : 'FullShareRestore',
  copyOptions: 'Overwrite',
  sourceResourceId: order.sourceAccountId,
  ...(order.items ? { restoreFileSpecs: order.items.map(specOf(order)) } : {}),
  targetDetails: { name: order.targetShare, targetResourceId: order.targetAccountId },
  ...(order.access === undefined ? {} : { identityInfo: identityInfo(order.access) }),
});

/** Keys are known to every version, identities to a newer one. */
export const versionForShare = ({ access }: ShareRestoreOrder): string =>
  access === undefined ? backupApiVersion : identityApiVersion;

/** A restore of a machine's disks into a resource group, as managed disks. */
export type MachineRestoreOrder = RestoreOrder & {
  /** Name of the point, not its ARM id. */
  readonly pointName: string;
  readonly machineId: string;
  /** Region of the vault. */
  readonly region: string;
  /** Without it the disks would come back unmanaged. */
  readonly groupId: string;
  readonly stagingAccountId: string;
  /** Absent: every disk of the point; an empty list means the one with the operating system. */
  readonly luns?: readonly number[];
  readonly hasPrivateDisks?: boolean;
};

/** Recorded in May 2025; private access stays as the source has it. Source of that: the specification of 2023, azure-cli. */
export const machineBody = (order: MachineRestoreOrder): JsonObject => ({
  objectType: 'IaasVMRestoreRequest',
  recoveryPointId: order.pointName,
  recoveryType: 'RestoreDisks',
  sourceResourceId: order.machineId,
  targetResourceGroupId: order.groupId,
  storageAccountId: order.stagingAccountId,
  region: order.region,
  createNewCloudService: false,
  originalStorageAccountOption: false,
  ...(order.luns ? { restoreDiskLunList: [...order.luns] } : {}),
  ...(order.hasPrivateDisks
    ? { targetDiskNetworkAccessSettings: { targetDiskNetworkAccessOption: 'SameAsOnSourceDisks' } }
    : {}),
});

/** What a recovery point of a machine says of itself when it is read alone. */
export type MachinePoint = {
  /** False for one whose disks were not managed: they come back into a storage account alone. */
  readonly isManaged: boolean;
  /** A disk may be reached over private links alone: the restore must say what the new ones get. */
  readonly hasPrivateDisks: boolean;
  readonly isEncrypted: boolean;
  /** The disks that it holds, as the service lists them; absent where it lists none. */
  readonly disks?: readonly { readonly lun: number; readonly name: string }[];
};

function disksIn(properties: JsonObject): MachinePoint['disks'] {
  const listed = memberIn(properties['recoveryPointDiskConfiguration'], 'includedDiskList');
  if (!Array.isArray(listed)) return undefined;
  return objectsIn(listed).flatMap(({ lun, name }) =>
    typeof lun === 'number' ? [{ lun, name: textIn(name) ?? '' }] : [],
  );
}

/** Reads a point of a machine: which disks it holds, and what their restore must say. */
export const readMachinePoint: Step<{ readonly pointId: string }, MachinePoint> = {
  name: 'recoveryServices.readMachinePoint',
  describe: ({ pointId }) =>
    backupCall(
      'GET',
      'backupFabrics/protectionContainers/protectedItems/recoveryPoints/read',
      resourcePath(pointId),
    ),
  read: (reply) => {
    const { properties } = resourceIn(reply.body);
    const disks = disksIn(properties);
    return {
      kind: 'done',
      result: {
        isManaged: properties['isManagedVirtualMachine'] !== false,
        hasPrivateDisks: properties['isPrivateAccessEnabledOnAnyDisk'] === true,
        isEncrypted: properties['isSourceVMEncrypted'] === true,
        ...(disks ? { disks } : {}),
      },
    };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** What the service finds in the way of a restore; empty where it would take it. */
export type Validation = {
  readonly findings: readonly { readonly code: string; readonly message: string }[];
};

const validationPath = (vaultId: string, operationId: string): ArmCall =>
  backupCall(
    'GET',
    'backupValidateOperationsStatuses/read',
    resourcePath(vaultId, 'backupValidateOperationsStatuses', operationId),
  );

/** The status document has the response among its properties, the result has it alone. */
function findingsIn(body: Json | undefined): Validation['findings'] {
  const response =
    memberIn(body, 'properties', 'validateOperationResponse') ?? memberIn(body, 'validateOperationResponse');
  return objectsIn(objectIn(response)['validationResults']).map(({ code, message }) => ({
    code: textIn(code) ?? 'ValidationFailed',
    message: (textIn(message) ?? '').slice(0, 400),
  }));
}

/** Has the service check everything that a restore of disks needs; makes nothing. */
export const validateMachineRestore: Step<MachineRestoreOrder, Validation> = {
  name: 'recoveryServices.validateMachineRestore',
  describe: (order) => ({
    ...backupCall(
      'POST',
      'backupTriggerValidateOperation/action',
      resourcePath(vaultIdOf(order.itemId), 'backupTriggerValidateOperation'),
      {
        body: {
          id: order.pointId,
          properties: {
            objectType: 'ValidateIaasVMRestoreOperationRequest',
            restoreRequest: { ...machineBody(order), ...guarding(order) },
          },
        },
      },
    ),
  }),
  longRunning: {
    follow: 'status',
    unsigned: ({ itemId }, operationId) => validationPath(vaultIdOf(itemId), operationId),
    defaultWaitSeconds: 30,
  },
  read: (reply) => ({ kind: 'done', result: { findings: findingsIn(reply.body).slice(0, 10) } }),
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};
