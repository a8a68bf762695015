import { z } from 'zod';
import { parseResourceId } from '../resources.ts';
import { accountAccessFault, askedIdentity } from './account-access.ts';
import { usTime } from './jobs.ts';
import type { Restore, Restoring } from './restore.ts';
import { type RecoveryPoint, sourceKey } from './state.ts';

const requestSchema = z.looseObject({
  objectType: z.literal('AzureFileShareRestoreRequest'),
  recoveryType: z.enum(['OriginalLocation', 'AlternateLocation']),
  restoreRequestType: z.enum(['FullShareRestore', 'ItemLevelRestore']),
  copyOptions: z.enum(['Overwrite', 'Skip', 'FailOnConflict', 'CreateCopy']),
  sourceResourceId: z.string().min(1),
  restoreFileSpecs: z
    .array(z.looseObject({ path: z.string().optional(), targetFolderPath: z.string().nullish() }))
    .nullish(),
  targetDetails: z.looseObject({ name: z.string().min(1), targetResourceId: z.string().min(1) }).nullish(),
});

type ShareRequest = z.infer<typeof requestSchema>;

/** What a restore of a share does; a text says what is wrong with the request. */
export function shareRestore(asked: Restoring, point: RecoveryPoint, body: unknown): Restore | string {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const request = parsed.data;
  if (request.recoveryType === 'AlternateLocation' && request.targetDetails == null)
    return 'targetDetails is missing';
  if (request.restoreRequestType === 'ItemLevelRestore' && (request.restoreFileSpecs ?? []).length === 0)
    return 'restoreFileSpecs is empty';
  const { source } = asked.item;
  const accountId = request.targetDetails?.targetResourceId ?? source.resourceId;
  const share = request.targetDetails?.name ?? source.friendlyName;
  const targetId = `${accountId}/fileServices/default/shares/${share}`;
  return {
    targetId,
    linked: [{ action: 'Microsoft.Storage/storageAccounts/read', scope: accountId }],
    seconds: asked.rsv.seed.timings.restoreFileShare,
    obstacle: obstacle(asked, accountId, targetId),
    properties: startProperties(asked, point, request),
    endProperties: counters(asked, request),
    tasks: () => [],
  };
}

function startProperties({ item }: Restoring, point: RecoveryPoint, request: ShareRequest) {
  const { source } = item;
  const account = parseResourceId(source.resourceId).name;
  const { targetDetails } = request;
  const target = targetDetails == null ? undefined : parseResourceId(targetDetails.targetResourceId).name;
  const folder = request.restoreFileSpecs?.[0]?.targetFolderPath ?? '';
  return {
    'Source File Share Name': source.friendlyName,
    'Source Storage Account Name': account,
    RestoreRecoveryPointTime: usTime(point.at),
    ...(targetDetails != null && {
      'Target File Share Name': targetDetails.name,
      'Target Storage Account Name': target ?? '',
    }),
    'Job Type':
      targetDetails == null ? 'Recovering to the original file share' : 'Recover to an alternate file share',
    RestoreDestination: `${target ?? account}/${targetDetails?.name ?? source.friendlyName}/${folder}`,
  };
}

/** Counters of the finished job; a `restored` fault makes them nothing, or a third of the files failed. */
function counters({ rsv, item, variant }: Restoring, request: ShareRequest): Record<string, string> {
  const all =
    request.restoreRequestType === 'ItemLevelRestore'
      ? (request.restoreFileSpecs ?? []).length
      : (rsv.behaviours.get(sourceKey(item.source))?.files ?? 2);
  const failed = variant === 'corrupt' ? Math.ceil(all / 3) : 0;
  const restored = variant === 'empty' ? 0 : all - failed;
  return {
    'Data Transferred (in MB)': '0',
    'Number Of Restored Files': String(restored),
    'Number Of Skipped Files': '0',
    'Number Of Failed Files': String(failed),
  };
}

interface NetworkRules {
  readonly defaultAction?: string;
  readonly bypass?: string;
}

/** Why the data cannot be copied into the account; 570035 is the service's code of a narrow copy scope. */
function obstacle({ rsv, vault, call }: Restoring, accountId: string, shareId: string): Restore['obstacle'] {
  const { resources } = rsv.core;
  const account = resources.get(accountId);
  if (account === undefined) return failed('The target storage account was not found.');
  if (resources.get(shareId) === undefined) return failed('The target file share was not found.');
  if (account.location?.toLowerCase() !== vault.seed.location.toLowerCase())
    return failed('The target storage account is in another region than the vault.');
  if (account.properties['allowedCopyScope'] !== undefined)
    return failed(
      'The permitted scope for copy operations of the storage account refuses the copy.',
      570_035,
    );
  const { defaultAction, bypass = 'None' } = (account.properties['networkAcls'] ?? {}) as NetworkRules;
  if (defaultAction === 'Deny' && !/AzureServices/i.test(bypass))
    return failed('The firewall of the storage account does not let trusted services pass.');
  const access = { accountId, identity: askedIdentity(call), now: call.now };
  const refused = accountAccessFault({ rsv, vault }, access);
  return refused === undefined ? undefined : failed(refused.message);
}

const failed = (errorString: string, errorCode = 400_001) => ({ errorCode, errorString });
