import type { Failure } from '../arm/call.ts';
import type { ProtectedItem } from '../recovery-services/protectedItems.ts';
import type { StepOutcome } from '../steps/step.ts';
import type { RunFacts } from '../runs/run.ts';

/** The outcomes that end a run unless its flow catches them. */
export type BadOutcome = Exclude<StepOutcome, { kind: 'done' } | { kind: 'waiting' }>;

/** A step that did not end `done`. Lives inside one replay; what crosses a boundary is its `outcome`. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly stepName: string;
  readonly outcome: BadOutcome;

  constructor(stepName: string, outcome: BadOutcome) {
    super(
      outcome.kind === 'cancelled' ? `${stepName}: cancelled` : `${stepName}: ${outcome.failure.message}`,
    );
    this.stepName = stepName;
    this.outcome = outcome;
  }
}

/** An ending that a flow has decided by itself: nothing to do (`skipped`), nothing that may be done (`failed`), or left (`cancelled`). */
export class FlowEnded extends Error {
  override readonly name = 'FlowEnded';
  readonly status: 'failed' | 'skipped' | 'cancelled';
  readonly failure: Failure;

  constructor(status: 'failed' | 'skipped' | 'cancelled', failure: Failure) {
    super(failure.message);
    this.status = status;
    this.failure = failure;
  }
}

/** Ends a run `failed` with a code of ours. */
export const refuse = (code: string, message: string, advice?: string): FlowEnded =>
  new FlowEnded('failed', { code, message, ...(advice === undefined ? {} : { advice }) });

/** Ends a run `skipped`: there is nothing to do. */
export const skip = (code: string, message: string): FlowEnded => new FlowEnded('skipped', { code, message });

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'none');

/** No share of that name in an account that the vault does see. */
export const unknownShare = (share: string, accountName: string, seen: readonly string[]): FlowEnded =>
  refuse(
    'FileShareNotFound',
    `Storage account ${accountName} has no file share "${share}" that the vault can see. Shares seen: ${list(seen)}.`,
    'Check the spelling. NFS shares cannot be backed up.',
  );

/** A source that nothing in the vault protects. */
export const notProtected = (what: string, seen: readonly string[]): FlowEnded =>
  refuse(
    'NotProtected',
    `The vault does not protect ${what}. Protected beside it: ${list(seen)}.`,
    'Protect it first (POST /api/protections), or name a policy in protectFirst.',
  );

/** Several protected items answer to one name. */
export const severalItems = (what: string, several: readonly string[]): FlowEnded =>
  refuse(
    'ProtectedItemAmbiguous',
    `Several protected items are called ${what}: ${several.join(', ')}.`,
    'Name it as instance/database, or give the id of the protected item.',
  );

/** An id under which the vault holds nothing. */
export const unknownItem = (itemId: string): FlowEnded =>
  refuse(
    'ProtectedItemNotFound',
    `The vault has no protected item ${itemId}.`,
    'Give the vault, the account and the name instead: item names are made by the service.',
  );

/** How long soft delete keeps an item from now on, in words; `keptUntil` is ISO 8601 UTC. */
const keptWords = ({ goneInSeconds = 0 }: ProtectedItem, keptUntil: string | undefined): string =>
  keptUntil === undefined
    ? 'an unknown day'
    : `${keptUntil}, gone for good in ${Math.floor(goneInSeconds / 86_400)} days`;

/** A soft-deleted item: it can be brought back for a while. */
export const softDeleted = (what: string, item: ProtectedItem, keptUntil: string | undefined): FlowEnded =>
  refuse(
    'ItemSoftDeleted',
    `The backups of ${what} are soft-deleted, kept until ${keptWords(item, keptUntil)}.`,
    'Bring it back with POST /api/protections/resume and undelete: true.',
  );

/** A stopped or suspended item: nothing backs it up until somebody resumes it. */
export const stopped = (what: string, { protectionState }: ProtectedItem): FlowEnded =>
  refuse(
    'ProtectionStopped',
    `Protection of ${what} has been stopped; its state is ${protectionState}.`,
    'Resume it with POST /api/protections/resume and a policyId.',
  );

/** The item belongs to a share that is gone; the share of that name is another. */
export const madeAgain = (what: string, { id }: ProtectedItem): FlowEnded =>
  refuse(
    'ShareMadeAgain',
    `The item ${id} is of a share that was deleted; ${what} was made again and is not protected.`,
    'Protect the new share (POST /api/protections). The backups of the old one stay under its id.',
  );

/** A change of a protection that the service says it has made, and whose effect a read does not show. */
export const stillDiffers = (
  id: string,
  { what, is }: { readonly what: string; readonly is: string },
): FlowEnded =>
  refuse(
    'ChangeWithoutEffect',
    `${id} was changed, but its ${what} is still ${is}.`,
    'Look at the item in the vault, and ask again.',
  );

/** A change that the service says it has made, and that the item does not show. */
export const withoutEffect = (what: string, wanted: string, found: ProtectedItem | null): FlowEnded =>
  refuse(
    'ChangeWithoutEffect',
    `The service said that ${what} was ${wanted}, and its state is still ${stateIn(found)}.`,
    'Look at the item in the vault, and ask again.',
  );

const stateIn = (item: ProtectedItem | null): string => {
  if (!item) return 'not to be read';
  return item.standing === 'softDeleted' ? 'soft-deleted' : item.protectionState || 'not given';
};

/** The source belongs to another vault, whether protected or only registered there. */
export const inAnotherVault = (what: string, vaultId: string): FlowEnded =>
  refuse(
    'ProtectedInAnotherVault',
    `${what} is protected by another vault: ${vaultId}.`,
    'Use that vault, or stop protection there and unregister the account first.',
  );

/** No such policy. */
export const missingPolicy = (policyId: string): FlowEnded =>
  refuse(
    'PolicyNotFound',
    `The vault has no policy ${policyId}.`,
    "GET the vault's backupPolicies to see which it has.",
  );

/**
 * Tells a refusal under multi-user authorisation from others: a person decides there, so nothing is retried.
 *
 * @returns what to throw instead; any other error as it came.
 */
export function guarded(error: unknown): unknown {
  const refused =
    error instanceof StepFailed && error.outcome.kind === 'refused' ? error.outcome.failure : undefined;
  if (!refused || !/resource\s?guard/i.test(`${refused.code} ${refused.message}`)) return error;
  return new FlowEnded('failed', {
    ...refused,
    advice: 'A Resource Guard protects this vault: have the operation approved there first.',
  });
}

/**
 * Makes sure that backups may be deleted: the deployment allows it, and the request repeats a name of the item.
 *
 * @param names what the item is called, the friendly name first; empty ones never confirm anything.
 * @throws FlowEnded when either is missing.
 */
export function checkDeletion(
  { mayDeleteBackups }: RunFacts,
  names: readonly (string | undefined)[],
  confirm: string | undefined,
): void {
  if (!mayDeleteBackups) {
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
