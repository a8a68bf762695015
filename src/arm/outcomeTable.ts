import type { FailureClass } from './call.ts';

/**
 * What a code of the service asks of us. Sources: recorded traffic of 2016–2026, the error reference of Azure Backup.
 *
 * `onDelete` replaces `class` when the request was a DELETE or an unregister: what is gone need not be deleted.
 */
export interface CodeMeaning {
  /** As the service spells it; absent for families. */
  readonly code?: string;
  readonly class: FailureClass;
  readonly advice?: string;
  readonly onDelete?: FailureClass;
}

const of = (
  meaning: FailureClass,
  codes: readonly string[],
  advice?: string,
  onDelete?: FailureClass,
): readonly (readonly [string, CodeMeaning])[] =>
  codes.map((code) => [
    code.toLowerCase(),
    { code, class: meaning, ...(advice && { advice }), ...(onDelete && { onDelete }) },
  ]);

const askLess = 'Azure limits how often this may be asked. Ask again later, for less at a time.';
const failedInside =
  'The service failed inside. Ask again later; where it stays so, Azure support needs the correlation id.';
const someHours = 'The service takes this request only so often in some hours. Ask again later.';
const nextDay = 'A limit of the service for 24 hours is used up; it is counted anew the next day (UTC).';
const runsAlready = 'The same work already runs on this item. Ask again when it has ended.';
const grantVaultIdentity =
  "The vault's identity lacks a role on the resource or on the snapshot resource group. Grant it, wait up to 30 minutes and ask again.";
const grantApp =
  "The app's identity may not do this. Give it a backup role on the vault and Reader on what is backed up.";
const ourMistake = 'The service finds the request itself wrong. Report it with the correlation id.';
const checkShare = 'Check that the storage account and the share exist and that nothing locks them.';

/** Every known code in lower case. Codes are compared without case; a code that is missing here falls to the defaults by status. */
export const knownCodes: ReadonlyMap<string, CodeMeaning> = new Map([
  ...of(
    'transient',
    [
      'ResourceRequestsThrottled',
      'SubscriptionRequestsThrottled',
      'TooManyRequests',
      'FailedIdentityOperation',
    ],
    askLess,
  ),
  ...of(
    'transient',
    [
      'CloudInternalError',
      'RestApiInternalError',
      'InternalServerError',
      'CloudStorageUnexpectedError',
      'InternalResourceIdentityError',
      'InvalidGatewayHost',
      'ServerTimeout',
      'GatewayTimeout',
    ],
    failedInside,
  ),
  ...of(
    'transient',
    ['FileshareBackupFailedWithAzureRpRequestThrottling', 'DatamoverGenericError'],
    'The service was overloaded. Ask again in 15 minutes at the earliest.',
  ),
  ...of(
    'transient',
    ['ExpiredAuthenticationToken', 'InvalidAuthenticationToken'],
    "The app's token was refused. Check the app's identity, and ask again.",
  ),

  ...of('hours', ['CloudDosTimeboudLimitReached'], someHours),
  ...of('hours', ['CloudDosAbsoluteLimitReached'], nextDay),
  ...of(
    'adopt',
    ['CloudDosAbsoluteLimitReachedWithRetry'],
    'The service repeats this backup itself; its next job shows how it ended.',
  ),

  ...of(
    'adopt',
    [
      'BMSUserErrorConflictingProtectionOperation',
      'BMSUserErrorObjectLocked',
      'DiscoveryInProgress',
      'RSVaultUpdateErrorConflictingOperationInProgress',
      'AnotherOperationInProgress',
      'Conflict',
      'UserErrorBackupOperationInProgress',
      'SystemBackupOperationInProgress',
      'ParallelSnapshotRequest',
      'UserErrorMaxConcurrentOperationLimitReached',
    ],
    runsAlready,
  ),
  ...of(
    'adopt',
    ['UserErrorInvalidBackupInstanceOperation'],
    'The backup instance does not allow this in its present state. While protection is being configured, wait; else look at its state.',
  ),
  ...of(
    'adopt',
    ['BMSUserErrorContainerHasDatasources'],
    'Something in the account is still protected; its deletion has to end first.',
  ),

  ...of(
    'user',
    ['UserErrorDppDatasourceAlreadyProtected', 'UserErrorDppDatasourceAlreadyHasBackupInstance'],
    'A vault already protects this resource; the message names it. Use that vault, or stop protection there first.',
  ),
  // What ARM itself answers with 409: nobody else does the work, and waiting changes nothing.
  ...of(
    'user',
    ['ScopeLocked'],
    'A resource lock forbids this; the message names what is locked. Have the lock removed, or leave the resource as it is.',
  ),
  ...of(
    'user',
    ['ReadOnlyDisabledSubscription', 'ResourceGroupBeingDeleted'],
    'The subscription is disabled, or the resource group is being deleted: nothing can be written there.',
  ),
  ...of(
    'user',
    ['InvalidResourceLocation'],
    'A resource of that name lies in another region. Choose another name, or use the one that is there.',
  ),
  ...of('done', ['RoleAssignmentExists'], 'The role has been granted before.'),
  ...of('done', ['BMSContainerStatusNotRegistered'], 'The account is not registered any more.'),
  ...of(
    'user',
    ['BMSUserErrorContainerNotUndeleted'],
    'Its backups are soft-deleted. Bring them back first (resume with undelete).',
    'done',
  ),
  ...of(
    'user',
    ['UserErrorGenericResourceNotFound'],
    'The vault protects nothing under this name. Protect the resource first.',
    'done',
  ),
  ...of('user', ['ResourceNotFound'], 'The resource does not exist. Check its id and its vault.', 'done'),
  ...of(
    'user',
    ['ResourceGroupNotFound', 'SubscriptionNotFound'],
    'The resource group or subscription does not exist, or the app cannot see it.',
  ),
  ...of(
    'user',
    ['BMSUserErrorDataSourceObjectNotFound'],
    'The vault knows no item of this name. Item names are made by the service: name vault, account and share instead.',
  ),

  ...of(
    'permission',
    [
      'UserErrorMissingRequiredPermissions',
      'UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent',
      'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
      'VaultMSIUnauthorized',
      'UserErrorNotEnoughPermissionOnDisk',
      'UserErrorNotEnoughPermissionOnSnapshotRG',
      'UserErrorDiskBackupDiskOrMSIPermissionsNotPresent',
      'UserErrorDiskBackupSnapshotRGOrMSIPermissionsNotPresent',
      'UserErrorDiskBackupAuthorizationFailed',
      'BackupAgentPluginHostValidateProtectionError',
    ],
    grantVaultIdentity,
  ),
  ...of(
    'permission',
    ['PrincipalNotFound'],
    'The identity is new and not yet known everywhere; that takes minutes.',
  ),
  ...of('permission', ['AuthorizationFailed', 'LinkedAuthorizationFailed'], grantApp),

  ...of(
    'user',
    ['UserErrorMissingPermissionsOnSecretStore'],
    "Give the vault's identity access to the key vault that holds the secret.",
  ),
  ...of(
    'user',
    ['UserErrorStorageAccountKeyAccessDisallowed', 'UserErrorStorageKeyBasedAuthenticationNotPermitted'],
    'Allow shared key access on the storage account, or register it with identity-based access.',
  ),
  ...of(
    'user',
    ['UserErrorKubernetesBackupExtensionUnhealthy'],
    'Repair the backup extension in the cluster, then have the instance synchronised.',
  ),
  ...of(
    'user',
    ['MissingSubscriptionRegistration', 'UserErrorMissingSubscriptionRegistration'],
    'Register the resource provider in the subscription (az provider register).',
  ),

  ...of(
    'user',
    ['AFSMaxSnapshotReached'],
    'The share has 200 snapshots. Delete old on-demand ones: the service never does.',
  ),
  ...of(
    'user',
    ['FileShareNotFound', 'UserErrorStorageAccountNotFound', 'UserErrorStorageAccountIsLocked'],
    checkShare,
  ),
  ...of(
    'user',
    [
      'UserErrorFileShareEndpointUnreachable',
      'UserErrorStorageAccountInternetRoutingNotSupported',
      'UserErrorStorageAccountSasPolicyNotSupported',
    ],
    "Change the storage account's network, routing or SAS settings: the service cannot reach the share.",
  ),
  ...of(
    'user',
    ['UserErrorBackupAFSInSoftDeleteState', 'UserErrorBackupAFSInDeleteState'],
    'The backups of this share are deleted or soft-deleted. Bring them back first (resume with undelete).',
  ),
  ...of(
    'user',
    ['AzureOperationFailed'],
    'The storage account refused; shares in the Smart tier cannot be backed up.',
  ),

  ...of(
    'user',
    ['UserErrorSnapshotRGSubscriptionMismatch', 'UserErrorSnapshotRGNotFound'],
    "Choose an existing snapshot resource group in the disk's subscription.",
  ),
  ...of('user', ['UserErrorManagedDiskNotFound'], 'The disk does not exist any more, or is another one.'),
  ...of(
    'user',
    ['UserErrorDiskBackupDiskTypeNotSupported'],
    'The service does not back up disks of this type.',
  ),
  ...of(
    'user',
    ['UserErrorStorageAccountContainerNotFound'],
    'One of the containers does not exist in the storage account.',
  ),

  ...of(
    'ours',
    [
      'UserErrorNoContainersSelectedForOperation',
      'UserErrorOperationalStoreParametersNotProvided',
      'UserErrorInvalidOperationalStoreResourceGroup',
      'DppPluginInvalidInputParameters',
      'BMSUserErrorInvalidInput',
      'ScenarioPluginInvalidWorkflowDataRequest',
      'UserErrorInvalidIncludedExcludedNamespacesList',
      'BMSUserErrorContainerNameIncorrectFormat',
      'BMSUserErrorProtectedItemNameIncorrectFormat',
      'UserErrorBMSUpdatePolicyNotSupported',
      'BMSUserErrorSoftDeleteUseVaultApi',
      'BMSUserErrorRedundancySettingsUseVaultApi',
      'RoleAssignmentUpdateNotPermitted',
    ],
    ourMistake,
  ),
  ...of(
    'user',
    [
      'BMSUserErrorVaultDeletionNotAllowed',
      'BMSUserErrorVaultDeletionNotPermitted',
      'ServiceResourceNotEmptyWithBackendMessage',
    ],
    'The vault still holds items, soft-deleted ones included.',
  ),
  ...of(
    'user',
    ['UserErrorOperationFailedForSAPASEDatabase'],
    'Look at the database: the service could not work with it.',
  ),

  // Numbers of Recovery Services jobs; 400446 comes with a backup that exists and is crash-consistent only.
  ...of('user', ['400136'], 'The virtual machine does not exist any more.'),
  ...of('done', ['400446'], 'The backup is crash-consistent, not application-consistent.'),
  ...of('user', ['520512'], 'The restore failed: its target is not compatible with the source.'),
  ...of('transient', ['1073871825'], failedInside),
]);

/** A rule for codes that come in families, or that only their message tells apart; the first match counts. */
export interface CodeFamily {
  readonly code: RegExp;
  readonly message?: RegExp;
  readonly meaning: CodeMeaning;
}

/** Asked when {@link knownCodes} has no entry. */
export const codeFamilies: readonly CodeFamily[] = [
  {
    code: /^BadRequest$/i,
    message: /already in progress/i,
    meaning: { class: 'adopt', advice: runsAlready },
  },
  {
    code: /InProgress|Conflicting|Concurrent|AnotherOperation|ObjectLocked|ParallelOperation/i,
    meaning: { class: 'adopt', advice: runsAlready },
  },
  {
    code: /RegionMismatch$/i,
    meaning: {
      class: 'user',
      advice: "A vault protects only what lies in its own region: use a vault of the source's region.",
    },
  },
  {
    code: /(?:Registered|Protected)(?:To|In)AnotherVault$/i,
    meaning: {
      class: 'user',
      advice: 'Use that vault, or stop protection and unregister the source there first.',
    },
  },
  { code: /^CloudDos/i, meaning: { class: 'hours', advice: someHours } },
  { code: /(?:Requests)?Throttled$/i, meaning: { class: 'transient', advice: askLess } },
];
