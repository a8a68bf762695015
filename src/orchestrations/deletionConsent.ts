import type { FlowContext } from './flow.ts';
import { refuse } from './refusals.ts';

/**
 * Makes sure that backups may be deleted: the deployment allows it, and the request repeats a name of the item.
 *
 * @param names what the item is called, the friendly name first; empty ones never confirm anything.
 * @throws FlowEnded when either is missing.
 */
export function checkDeletion(
  context: FlowContext,
  names: readonly (string | undefined)[],
  confirm: string | undefined,
): void {
  if (!context.facts.mayDeleteBackups) {
    throw refuse(
      'DeleteNotAllowed',
      'This deployment does not delete backups.',
      'Set DELETE_BACKUPS to true.',
    );
  }
  const known = names.filter((name) => name !== undefined && name !== '');
  if (confirm === undefined || !known.includes(confirm)) {
    throw refuse(
      'DeleteNotConfirmed',
      "Deleting backups needs the item's name in confirm.",
      `Send confirm: "${known[0] ?? ''}".`,
    );
  }
}
