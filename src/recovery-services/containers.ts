import type { ArmCall, Failure, JsonObject } from '../arm/call.ts';
import { resourcePath, sameId, nameIn } from '../arm/resourceId.ts';
import type { Step, StepReading } from '../steps/step.ts';
import { memberIn, textIn } from '../arm/replyFields.ts';
import { backupCall, filterOf, resourceIn, rowsIn, sameName, type Resource } from './paths.ts';

/** How a vault reaches a storage account: `keys`, `systemAssigned`, or the ARM id of a user-assigned identity. */
export type AccountAccess = string;

/** A storage account as a vault knows it. `name` is the container's, as the service spells it. */
export type Container = {
  readonly name: string;
  /** Absent: by the account's keys. */
  readonly access?: AccountAccess;
  /** Whether the vault holds a delete lock on the account; absent where not said. */
  readonly lock?: boolean;
};

/** A vault and a storage account in it, or for it. */
export type AccountInVault = {
  readonly vaultId: string;
  readonly storageAccountId: string;
  /** Asked with the api-version that knows identities beside keys: only where the access is asked for. */
  readonly withAccess?: true;
};

/** The version of containers that knows identities beside keys. Source: the specification of July 2026. */
export const identityApiVersion = '2026-07-01';

/** The access that a container shows; older versions of the service know keys alone. */
function accessIn(properties: JsonObject): Pick<Container, 'access'> {
  if (!sameName(textIn(properties['accessType']), 'IdentityBased')) return {};
  const identity = properties['identityInfo'];
  const named = textIn(memberIn(identity, 'managedIdentityResourceId'));
  const isSystem = memberIn(identity, 'isSystemAssignedIdentity') === true;
  return { access: isSystem || named === undefined ? 'systemAssigned' : named };
}

function containerIn({ name, properties }: Resource): Container {
  const lock = textIn(properties['acquireStorageAccountLock']);
  return { name, ...accessIn(properties), ...(lock ? { lock: sameName(lock, 'Acquire') } : {}) };
}

/** An identity of the vault in the service's words: of a registration, and of a restore. */
export function identityInfo(access: AccountAccess): JsonObject {
  const isSystem = access === 'systemAssigned';
  return {
    isSystemAssignedIdentity: isSystem,
    ...(isSystem ? {} : { managedIdentityResourceId: access }),
  };
}

/** What a registration says of the access. */
function accessFields(access: AccountAccess | undefined): JsonObject {
  if (access === undefined) return {};
  if (access === 'keys') return { accessType: 'KeyBased' };
  return { accessType: 'IdentityBased', identityInfo: identityInfo(access) };
}

/** A storage account's container in a vault. */
export type ContainerInVault = AccountInVault & { readonly containerName: string };

const storage = filterOf({ backupManagementType: 'AzureStorage' });
const fabricPath = (vaultId: string, ...below: string[]): string =>
  resourcePath(vaultId, 'backupFabrics', 'Azure', ...below);
const containerPath = (input: ContainerInVault, ...below: string[]): string =>
  fabricPath(input.vaultId, 'protectionContainers', input.containerName, ...below);

/** Polls of a container's operation: register, inquire and unregister alike. */
const containerResult = (input: ContainerInVault, operationId: string): ArmCall =>
  backupCall(
    'GET',
    'backupFabrics/protectionContainers/operationResults/read',
    containerPath(input, 'operationResults', operationId),
  );

const containerOperation = { follow: 'result', unsigned: containerResult, defaultWaitSeconds: 60 } as const;

/**
 * The account's container if the vault has registered it; null otherwise. A soft-deleted container is listed in spite
 * of the filter and counts as absent.
 */
export const findContainer: Step<AccountInVault, Container | null> = {
  name: 'recoveryServices.findContainer',
  describe: ({ vaultId, withAccess }) => ({
    ...backupCall(
      'GET',
      'backupProtectionContainers/read',
      resourcePath(vaultId, 'backupProtectionContainers'),
      {
        query: { $filter: filterOf({ backupManagementType: 'AzureStorage', status: 'Registered' }) },
      },
    ),
    ...(withAccess ? { apiVersion: identityApiVersion } : {}),
  }),
  pages: true,
  read: (reply, { storageAccountId }) => {
    const found = rowsIn(reply).find(
      ({ properties }) =>
        sameId(textIn(properties['sourceResourceId']), storageAccountId) &&
        sameName(textIn(properties['registrationStatus']) ?? 'Registered', 'Registered'),
    );
    return { kind: 'done', result: found ? containerIn(found) : null };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** The account's container if discovery has found the account, registered or not; null otherwise. */
export const findProtectableContainer: Step<AccountInVault, Pick<Container, 'name'> | null> = {
  name: 'recoveryServices.findProtectableContainer',
  describe: ({ vaultId }) =>
    backupCall(
      'GET',
      'backupFabrics/protectableContainers/read',
      fabricPath(vaultId, 'protectableContainers'),
      {
        query: { $filter: storage },
      },
    ),
  pages: true,
  read: (reply, { storageAccountId }) => {
    const found = rowsIn(reply).find(({ properties }) =>
      sameId(textIn(properties['containerId']), storageAccountId),
    );
    return { kind: 'done', result: found ? { name: found.name } : null };
  },
  repeat: 'safe',
  giveUpAfterSeconds: 3600,
};

/** Seconds after which work that somebody else began is looked at again. */
const othersWorkSeconds = 60;

const inProgress = (failure: Failure): boolean =>
  /InProgress|ConflictingProtectionOperation|ObjectLocked|ConflictingOperation/i.test(failure.code) ||
  /already (in progress|running)/i.test(failure.message);

const waitForOthers = (failure: Failure): StepReading<never> | undefined =>
  inProgress(failure)
    ? { kind: 'waiting', waitSeconds: othersWorkSeconds, detail: { reason: failure.message } }
    : undefined;

/** Makes the vault look for storage accounts (or virtual machines) again. At most 50 a day per vault, one at a time. */
export const refreshContainers: Step<
  { readonly vaultId: string; readonly backupManagementType: 'AzureStorage' | 'AzureIaasVM' },
  null
> = {
  name: 'recoveryServices.refreshContainers',
  describe: ({ vaultId, backupManagementType }) =>
    backupCall('POST', 'backupFabrics/refreshContainers/action', fabricPath(vaultId, 'refreshContainers'), {
      query: { $filter: filterOf({ backupManagementType }) },
    }),
  longRunning: {
    follow: 'result',
    unsigned: ({ vaultId }, operationId) =>
      backupCall(
        'GET',
        'backupFabrics/operationResults/read',
        fabricPath(vaultId, 'operationResults', operationId),
      ),
    defaultWaitSeconds: 60,
  },
  read: () => ({ kind: 'done', result: null }),
  readRefusal: waitForOthers,
  // A second discovery repeats the first; it costs one of the vault's 50 a day.
  repeat: 'safe',
  itemOf: ({ vaultId }) => fabricPath(vaultId),
  giveUpAfterSeconds: 600,
};

/** A registration: what is absent is left to the service, which reaches the account by its keys then. */
export type Registration = ContainerInVault & { readonly lock?: boolean; readonly access?: AccountAccess };

/** Registers a storage account with a vault, or again with another access; three properties are enough in every recording. */
export const registerContainer: Step<Registration, Pick<Container, 'name'>> = {
  name: 'recoveryServices.registerContainer',
  describe: (input) => ({
    ...backupCall('PUT', 'backupFabrics/protectionContainers/write', containerPath(input), {
      body: {
        properties: {
          containerType: 'StorageContainer',
          backupManagementType: 'AzureStorage',
          sourceResourceId: input.storageAccountId,
          ...(input.lock === undefined
            ? {}
            : { acquireStorageAccountLock: input.lock ? 'Acquire' : 'NotAcquire' }),
          ...accessFields(input.access),
        },
      },
    }),
    ...(input.access === undefined ? {} : { apiVersion: identityApiVersion }),
  }),
  longRunning: containerOperation,
  read: (reply, { containerName }) => ({
    kind: 'done',
    result: { name: resourceIn(reply.body).name || containerName },
  }),
  readRefusal: waitForOthers,
  repeat: 'safe',
  itemOf: (input) => containerPath(input),
  giveUpAfterSeconds: 1200,
};

/** Makes the vault look for new shares in a registered account. At most 25 a day per container. */
export const inquireContainer: Step<ContainerInVault, null> = {
  name: 'recoveryServices.inquireContainer',
  describe: (input) =>
    backupCall('POST', 'backupFabrics/protectionContainers/inquire/action', containerPath(input, 'inquire'), {
      query: { $filter: filterOf({ workloadType: 'AzureFileShare' }) },
    }),
  longRunning: containerOperation,
  read: () => ({ kind: 'done', result: null }),
  readRefusal: waitForOthers,
  // A second inquiry repeats the first; it costs one of the container's 25 a day.
  repeat: 'safe',
  itemOf: (input) => containerPath(input),
  giveUpAfterSeconds: 600,
};

/**
 * The container name that Azure documents for an account which discovery cannot see, because it lies in another
 * subscription than the vault. Only for that case: everywhere else names come from replies.
 *
 * @see Azure Backup documentation, "Back up Azure file shares with the REST API"
 */
export const documentedContainerName = (storageAccountId: string): string =>
  `StorageContainer;Storage;${nameIn(storageAccountId, 'resourceGroups')};${nameIn(storageAccountId, 'storageAccounts')}`;

/** The role by which an identity of the vault reads and writes the shares of an account. Source: built-in roles of Azure. */
export const roleForShares = {
  role: 'Storage File Data Privileged Contributor',
  roleId: '69566ab7-960f-475b-8e7c-b3118f30c6bd',
};
