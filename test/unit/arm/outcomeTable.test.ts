import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outcomesPage } from '../../../scripts/outcomesPage.ts';
import type { FailureClass } from '../../../src/arm/call.ts';
import { readFailure } from '../../../src/arm/outcomes.ts';
import { knownCodes } from '../../../src/arm/outcomeTable.ts';

/** Status at which the service shows the codes, their class, a part of the words a user reads, the codes. */
type Line = readonly [number, FailureClass, string, readonly string[]];

const lines: readonly Line[] = [
  [429, 'transient', 'for less at a time', ['ResourceRequestsThrottled', 'SubscriptionRequestsThrottled']],
  [429, 'transient', 'for less at a time', ['TooManyRequests', 'FailedIdentityOperation']],
  [500, 'transient', 'failed inside', ['CloudInternalError', 'RestApiInternalError', 'InternalServerError']],
  [500, 'transient', 'failed inside', ['CloudStorageUnexpectedError', 'InternalResourceIdentityError']],
  [503, 'transient', 'failed inside', ['InvalidGatewayHost', 'ServerTimeout', 'GatewayTimeout']],
  [
    200,
    'transient',
    '15 minutes at the earliest',
    ['FileshareBackupFailedWithAzureRpRequestThrottling', 'DatamoverGenericError'],
  ],
  [401, 'transient', "app's identity", ['ExpiredAuthenticationToken', 'InvalidAuthenticationToken']],
  [400, 'hours', 'the next day (UTC)', ['CloudDosAbsoluteLimitReached']],
  [400, 'hours', 'so often in some hours', ['CloudDosTimeboudLimitReached']],
  [200, 'adopt', 'repeats this backup itself', ['CloudDosAbsoluteLimitReachedWithRetry']],
  [409, 'adopt', 'already runs', ['BMSUserErrorConflictingProtectionOperation', 'BMSUserErrorObjectLocked']],
  [409, 'adopt', 'already runs', ['DiscoveryInProgress', 'RSVaultUpdateErrorConflictingOperationInProgress']],
  [200, 'adopt', 'already runs', ['UserErrorBackupOperationInProgress', 'SystemBackupOperationInProgress']],
  [200, 'adopt', 'already runs', ['ParallelSnapshotRequest', 'UserErrorMaxConcurrentOperationLimitReached']],
  [409, 'adopt', 'already runs', ['AnotherOperationInProgress', 'Conflict']],
  [409, 'user', 'A resource lock forbids this', ['ScopeLocked']],
  [409, 'user', 'nothing can be written', ['ReadOnlyDisabledSubscription', 'ResourceGroupBeingDeleted']],
  [409, 'user', 'in another region', ['InvalidResourceLocation']],
  [400, 'adopt', 'present state', ['UserErrorInvalidBackupInstanceOperation']],
  [400, 'adopt', 'still protected', ['BMSUserErrorContainerHasDatasources']],
  [400, 'user', 'already protects', ['UserErrorDppDatasourceAlreadyProtected']],
  [400, 'user', 'already protects', ['UserErrorDppDatasourceAlreadyHasBackupInstance']],
  [409, 'done', 'granted before', ['RoleAssignmentExists']],
  [400, 'done', 'not registered any more', ['BMSContainerStatusNotRegistered']],
  [400, 'user', 'resume with undelete', ['BMSUserErrorContainerNotUndeleted']],
  [404, 'user', 'Protect the resource first', ['UserErrorGenericResourceNotFound']],
  [404, 'user', 'does not exist', ['ResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound']],
  [404, 'user', 'made by the service', ['BMSUserErrorDataSourceObjectNotFound']],
  [200, 'permission', 'lacks a role', ['UserErrorMissingRequiredPermissions', 'VaultMSIUnauthorized']],
  [200, 'permission', 'lacks a role', ['UserErrorDiskAndSnapshotRGOrMSIPermissionsNotPresent']],
  [200, 'permission', 'lacks a role', ['UserErrorMissingMSIPermissionsOnSnapshotResourceGroup']],
  [
    200,
    'permission',
    'lacks a role',
    ['UserErrorNotEnoughPermissionOnDisk', 'UserErrorNotEnoughPermissionOnSnapshotRG'],
  ],
  [200, 'permission', 'lacks a role', ['UserErrorDiskBackupDiskOrMSIPermissionsNotPresent']],
  [200, 'permission', 'lacks a role', ['UserErrorDiskBackupSnapshotRGOrMSIPermissionsNotPresent']],
  [
    200,
    'permission',
    'lacks a role',
    ['UserErrorDiskBackupAuthorizationFailed', 'BackupAgentPluginHostValidateProtectionError'],
  ],
  [400, 'permission', 'not yet known everywhere', ['PrincipalNotFound']],
  [403, 'permission', "app's identity", ['AuthorizationFailed', 'LinkedAuthorizationFailed']],
  [200, 'user', 'key vault', ['UserErrorMissingPermissionsOnSecretStore']],
  [200, 'user', 'shared key access', ['UserErrorStorageAccountKeyAccessDisallowed']],
  [200, 'user', 'shared key access', ['UserErrorStorageKeyBasedAuthenticationNotPermitted']],
  [200, 'user', 'extension in the cluster', ['UserErrorKubernetesBackupExtensionUnhealthy']],
  [
    409,
    'user',
    'az provider register',
    ['MissingSubscriptionRegistration', 'UserErrorMissingSubscriptionRegistration'],
  ],
  [200, 'user', '200 snapshots', ['AFSMaxSnapshotReached']],
  [200, 'user', 'nothing locks them', ['FileShareNotFound', 'UserErrorStorageAccountNotFound']],
  [200, 'user', 'nothing locks them', ['UserErrorStorageAccountIsLocked']],
  [200, 'user', 'cannot reach the share', ['UserErrorFileShareEndpointUnreachable']],
  [200, 'user', 'cannot reach the share', ['UserErrorStorageAccountInternetRoutingNotSupported']],
  [200, 'user', 'cannot reach the share', ['UserErrorStorageAccountSasPolicyNotSupported']],
  [
    200,
    'user',
    'resume with undelete',
    ['UserErrorBackupAFSInSoftDeleteState', 'UserErrorBackupAFSInDeleteState'],
  ],
  [200, 'user', 'Smart tier', ['AzureOperationFailed']],
  [
    400,
    'user',
    "the disk's subscription",
    ['UserErrorSnapshotRGSubscriptionMismatch', 'UserErrorSnapshotRGNotFound'],
  ],
  [400, 'user', 'disk does not exist', ['UserErrorManagedDiskNotFound']],
  [400, 'user', 'disks of this type', ['UserErrorDiskBackupDiskTypeNotSupported']],
  [400, 'user', 'containers does not exist', ['UserErrorStorageAccountContainerNotFound']],
  [400, 'ours', 'request itself wrong', ['UserErrorNoContainersSelectedForOperation']],
  [400, 'ours', 'request itself wrong', ['UserErrorOperationalStoreParametersNotProvided']],
  [400, 'ours', 'request itself wrong', ['UserErrorInvalidOperationalStoreResourceGroup']],
  [400, 'ours', 'request itself wrong', ['DppPluginInvalidInputParameters', 'BMSUserErrorInvalidInput']],
  [400, 'ours', 'request itself wrong', ['ScenarioPluginInvalidWorkflowDataRequest']],
  [400, 'ours', 'request itself wrong', ['UserErrorInvalidIncludedExcludedNamespacesList']],
  [400, 'ours', 'request itself wrong', ['BMSUserErrorContainerNameIncorrectFormat']],
  [400, 'ours', 'request itself wrong', ['BMSUserErrorProtectedItemNameIncorrectFormat']],
  [400, 'ours', 'request itself wrong', ['UserErrorBMSUpdatePolicyNotSupported']],
  [400, 'ours', 'request itself wrong', ['BMSUserErrorSoftDeleteUseVaultApi']],
  [400, 'ours', 'request itself wrong', ['BMSUserErrorRedundancySettingsUseVaultApi']],
  [400, 'ours', 'request itself wrong', ['RoleAssignmentUpdateNotPermitted']],
  [400, 'user', 'still holds items', ['BMSUserErrorVaultDeletionNotAllowed']],
  [400, 'user', 'still holds items', ['BMSUserErrorVaultDeletionNotPermitted']],
  [400, 'user', 'still holds items', ['ServiceResourceNotEmptyWithBackendMessage']],
  [400, 'user', 'Look at the database', ['UserErrorOperationFailedForSAPASEDatabase']],
  [200, 'user', 'machine does not exist', ['400136']],
  [200, 'done', 'crash-consistent', ['400446']],
  [200, 'user', 'not compatible with the source', ['520512']],
  [200, 'transient', 'failed inside', ['1073871825']],
];

const cases = lines.flatMap(([status, meaning, words, codes]) =>
  codes.map((code) => [code, status, meaning, words] as const),
);

describe('what each code of the service asks of us', () => {
  test.each(cases)('%s at %i is %s, told as "%s"', (code, status, meaning, words) => {
    const failure = readFailure({ status, headers: {}, body: { error: { code, message: 'As said.' } } });
    expect(failure).toMatchObject({ code, message: 'As said.', class: meaning });
    expect(failure.advice).toContain(words);
  });

  test('no code is in the table without a line here, and none here is missing there', () => {
    expect(cases.map(([code]) => code.toLowerCase()).sort()).toEqual([...knownCodes.keys()].sort());
  });

  test.each([
    ['UserErrorGenericResourceNotFound', 404],
    ['ResourceNotFound', 404],
    ['BMSUserErrorContainerNotUndeleted', 400],
  ])('%s is done when deleting', (code, status) => {
    const failure = readFailure({ status, headers: {}, body: { error: { code } } }, 'DELETE');
    expect(failure.class).toBe('done');
  });

  test.each([
    ['BadRequest', 'Registration is already in progress.', 'adopt'],
    ['UserErrorSomeOperationInProgress', 'Wait.', 'adopt'],
    ['UserErrorStorageAccountRegionMismatch', 'Other region.', 'user'],
    ['UserErrorContainerAlreadyRegisteredToAnotherVault', 'Elsewhere.', 'user'],
    ['CloudDosSomethingNew', 'Later.', 'hours'],
    ['ProviderRequestsThrottled', 'Slower.', 'transient'],
  ] as const)('the family of %s (%s) is %s', (code, message, meaning) => {
    expect(readFailure({ status: 400, headers: {}, body: { error: { code, message } } }).class).toBe(meaning);
  });
});

test('the page of outcomes is the one that the table makes', () => {
  expect(readFileSync('docs/outcomes.md', 'utf8')).toBe(outcomesPage());
});
