import type { DatasourceKind } from './datasources.ts';

/** A role the vault's identity needs, and where. */
export type NeededRole = {
  readonly role: string;
  /** GUID of the built-in role. */
  readonly roleId: string;
  /** ARM id of the scope. */
  readonly scope: string;
};

const diskBackupReader = { role: 'Disk Backup Reader', roleId: '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24' };
const diskSnapshotContributor = {
  role: 'Disk Snapshot Contributor',
  roleId: '7efff54f-a5b4-42b5-a1c5-5411624893ce',
};
const storageAccountBackupContributor = {
  role: 'Storage Account Backup Contributor',
  roleId: 'e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1',
};

/** The roles a Backup vault's identity needs for a datasource, least first. Owner or Contributor instead is unsupported by the service. */
export function neededRoles(
  kind: DatasourceKind,
  resourceId: string,
  snapshotResourceGroupId: string | undefined,
): readonly NeededRole[] {
  if (kind !== 'disk') return [{ ...storageAccountBackupContributor, scope: resourceId }];
  return [
    { ...diskBackupReader, scope: resourceId },
    ...(snapshotResourceGroupId ? [{ ...diskSnapshotContributor, scope: snapshotResourceGroupId }] : []),
  ];
}
