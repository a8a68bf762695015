import { idKey, parseResourceId, type IdReading, type ResourceId } from './resourceId.ts';

/** What an id must be: its provider and types, and what each name may look like. */
interface Kind {
  readonly title: string;
  readonly provider: string;
  readonly types: readonly string[];
  readonly names?: readonly (RegExp | undefined)[];
}

const vaultName = /^[A-Za-z][A-Za-z0-9-]{0,48}[A-Za-z0-9]$/;
const storageAccountName = /^[a-z0-9]{3,24}$/;
const policyName = /^[A-Za-z0-9][\w.-]{0,149}$/;
const instanceName = policyName;

const refused = (reason: string): IdReading => ({ kind: 'refused', reason });

const pattern = ({ provider, types }: Kind): string =>
  `/subscriptions/…/resourceGroups/…/providers/${provider}/${types.map((type) => `${type}/…`).join('/')}`;

function isOfKind(id: ResourceId, kind: Kind): boolean {
  const found = [id.provider, ...id.types].join('/').toLowerCase();
  const wanted = [kind.provider, ...kind.types].join('/').toLowerCase();
  return id.resourceGroup !== undefined && found === wanted && id.names.length === kind.types.length;
}

/** A check of a text against one kind of resource; the reason names kind, pattern and what is wrong. */
const checkOf =
  (kind: Kind) =>
  (text: string): IdReading => {
    const reading = parseResourceId(text);
    if (reading.kind === 'refused') return refused(`${kind.title}: ${reading.reason}`);
    const { id } = reading;
    if (!isOfKind(id, kind)) {
      const found = id.provider ? [id.provider, ...id.types].join('/') : 'no provider';
      return refused(`${kind.title}: expected ${pattern(kind)}, found ${found}`);
    }
    const bad = id.names.find((name, at) => kind.names?.[at]?.test(name) === false);
    return bad === undefined
      ? reading
      : refused(`${kind.title}: "${bad.slice(0, 120)}" cannot be a name there`);
  };

/** Id of a Recovery Services vault. */
export const recoveryServicesVaultId = checkOf({
  title: 'Recovery Services vault',
  provider: 'Microsoft.RecoveryServices',
  types: ['vaults'],
  names: [vaultName],
});

/** Id of a Backup vault (Data Protection). */
export const backupVaultId = checkOf({
  title: 'Backup vault',
  provider: 'Microsoft.DataProtection',
  types: ['backupVaults'],
  names: [vaultName],
});

/** Id of a protected item in a Recovery Services vault; container and item names are the service's own, never built. */
export const protectedItemId = checkOf({
  title: 'protected item',
  provider: 'Microsoft.RecoveryServices',
  types: ['vaults', 'backupFabrics', 'protectionContainers', 'protectedItems'],
  names: [vaultName],
});

/** Id of a backup instance in a Backup vault. */
export const backupInstanceId = checkOf({
  title: 'backup instance',
  provider: 'Microsoft.DataProtection',
  types: ['backupVaults', 'backupInstances'],
  names: [vaultName, instanceName],
});

const recoveryServicesPolicyId = checkOf({
  title: 'backup policy',
  provider: 'Microsoft.RecoveryServices',
  types: ['vaults', 'backupPolicies'],
  names: [vaultName, policyName],
});

const dataProtectionPolicyId = checkOf({
  title: 'backup policy',
  provider: 'Microsoft.DataProtection',
  types: ['backupVaults', 'backupPolicies'],
  names: [vaultName, policyName],
});

/** Id of a policy of either kind of vault. */
export const policyId = (text: string): IdReading =>
  /\/providers\/Microsoft\.DataProtection\//i.test(text)
    ? dataProtectionPolicyId(text)
    : recoveryServicesPolicyId(text);

/** Id of a storage account. */
export const storageAccountId = checkOf({
  title: 'storage account',
  provider: 'Microsoft.Storage',
  types: ['storageAccounts'],
  names: [storageAccountName],
});

/** Id of a virtual machine. */
export const virtualMachineId = checkOf({
  title: 'virtual machine',
  provider: 'Microsoft.Compute',
  types: ['virtualMachines'],
});

/** Id of a managed identity that is a resource of its own. */
export const userAssignedIdentityId = checkOf({
  title: 'user-assigned identity',
  provider: 'Microsoft.ManagedIdentity',
  types: ['userAssignedIdentities'],
});

/** Id of a managed disk. */
export const diskId = checkOf({ title: 'disk', provider: 'Microsoft.Compute', types: ['disks'] });

/** Id of a request of a Resource Guard: `…/resourceGuards/…/triggerRestoreRequests/default`. */
export function guardRequestId(text: string): IdReading {
  const reading = parseResourceId(text);
  if (reading.kind === 'refused') return refused(`request of a Resource Guard: ${reading.reason}`);
  const [guards = '', requests = ''] = reading.id.types;
  const isRequest = /^resourceGuards$/i.test(guards) && /Requests$/i.test(requests);
  if (isRequest && reading.id.names.length === 2) return reading;
  return refused('request of a Resource Guard: expected …/resourceGuards/…/…Requests/… and nothing after it');
}

/** Id of a resource group: nothing may follow its name. */
export function resourceGroupId(text: string): IdReading {
  const reading = parseResourceId(text);
  if (reading.kind === 'refused') return refused(`resource group: ${reading.reason}`);
  const { resourceGroup, provider } = reading.id;
  if (resourceGroup !== undefined && provider === undefined) return reading;
  return refused('resource group: expected /subscriptions/…/resourceGroups/… and nothing after it');
}

/** Id of a subscription: nothing may follow it. */
export function subscriptionId(text: string): IdReading {
  const reading = parseResourceId(text);
  if (reading.kind === 'refused') return refused(`subscription: ${reading.reason}`);
  const { resourceGroup, provider } = reading.id;
  if (resourceGroup === undefined && provider === undefined) return reading;
  return refused('subscription: expected /subscriptions/… and nothing after it');
}

/** The tag by which everything that a restore drill made is known; its value is the run. */
export const drillTag = 'azure-backup-automation-drill';

const drillName = /(?:^|\/)abd-[0-9a-f]{40}(?:\/|$)/i;
const drillGroup = /^\/subscriptions\/[^/]+\/resourcegroups\/abd-[0-9a-f]{40}(?:\/|$)/i;

const isSubscription = (key: string): boolean => /^\/subscriptions\/[^/]+$/.test(key);

/**
 * Whether an id is one of the places that are listed for drills, or lies in one; in a subscription that is listed only the
 * groups do that drills make for themselves.
 */
export function isDrillPlace(listed: readonly string[], id: string): boolean {
  const key = idKey(id);
  return listed.map(idKey).some((place) => {
    if (key === place) return true;
    return key.startsWith(`${place}/`) && (!isSubscription(place) || drillGroup.test(key));
  });
}

/**
 * Whether a restore drill has made something: by its tag, or by the name of its own that it or its group has before
 * anybody could tag it. No rule, event or report is about it.
 */
export const isDrillTarget = (id: string, tags: Readonly<Record<string, string>> = {}): boolean =>
  Object.keys(tags).some((name) => name.toLowerCase() === drillTag) || drillName.test(id);
