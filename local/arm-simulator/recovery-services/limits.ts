import type { ArmReply } from '../exchange.ts';
import { serviceError } from '../replies.ts';
import type { RecoveryServices } from './state.ts';

/**
 * Counts one use of a daily allowance (UTC days).
 *
 * @returns the service's 400 when it is used up, without counting.
 */
export function spendDaily(
  rsv: RecoveryServices,
  what: { key: string; limit: number; now: number },
): ArmReply | undefined {
  const key = `${what.key}/${new Date(what.now).toISOString().slice(0, 10)}`.toLowerCase();
  const used = rsv.counters.get(key) ?? 0;
  if (used >= what.limit) return absoluteLimit();
  rsv.counters.set(key, used + 1);
  return undefined;
}

const absoluteLimit = (): ArmReply =>
  serviceError(
    400,
    'CloudDosAbsoluteLimitReached',
    'Operation is not allowed as you have reached the limit on number of operations allowed in last 24 hours.',
  );

/** 400 of a discovery limit, which the service words with hours (and spells so). */
export const timeboundLimit = (): ArmReply =>
  serviceError(
    400,
    'CloudDosTimeboudLimitReached',
    'Operation is not allowed at this time. Please retry the operation after few hours.',
  );
