import type { BackupOrder } from '../recovery-services/backup.ts';
import type { ItemKind } from '../recovery-services/itemKinds.ts';
import type { BackupOptions } from '../runs/request.ts';
import { expiresAt } from './expiry.ts';
import type { FlowContext } from './flow.ts';

/** The item as far as a backup needs it. */
interface ItemToBackUp {
  readonly id: string;
  readonly friendlyName?: string;
}

function warnOfForeignOptions(context: FlowContext, kind: ItemKind, options: BackupOptions): void {
  const { retentionTag, backupRule, backupType, compress } = options;
  const forDatabases = kind === 'workload' ? {} : { backupType, compress };
  const foreign = { retentionTag, backupRule, ...forDatabases };
  const given = Object.entries(foreign)
    .filter(([, value]) => value !== undefined && value !== 'Full' && value !== false)
    .map(([name]) => name);
  if (given.length > 0) context.warnings.push(`Of no meaning here, and left out: ${given.join(', ')}.`);
}

/** What the service is asked for; the expiry counts from the acceptance of the run, so a replay asks for the same. */
export function backupOrder(
  context: FlowContext,
  item: ItemToBackUp,
  kind: ItemKind,
  options: BackupOptions,
): BackupOrder {
  warnOfForeignOptions(context, kind, options);
  const { backupType, compress, keepFor } = options;
  const ofDatabase = {
    ...(backupType === undefined ? {} : { backupType }),
    ...(compress === undefined ? {} : { compress }),
  };
  return {
    itemId: item.id,
    kind,
    expiresAt: expiresAt(context.facts.acceptedAt, keepFor),
    ...(item.friendlyName === undefined ? {} : { friendlyName: item.friendlyName }),
    ...(kind === 'workload' ? ofDatabase : {}),
  };
}
