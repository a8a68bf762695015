import type { Clock } from '../clock/clock.ts';
import type { RetryPolicy } from './instanceRecord.ts';

const DAY_MS = 86_400_000;
/** Azure Storage cannot hide a message longer than this; longer timers run in legs. */
const LONGEST_LEG_MS = 6 * DAY_MS;
const LEG_MS = 3 * DAY_MS;
/** What a message that is visible at once needs to arrive (recorded: 12 to 30 ms). */
const ARRIVAL_MS = 20;
const LONGEST_RETRY_DELAY_MS = 6 * DAY_MS;

/** `azure` cuts timers beyond six days into legs of three, `whole` arms any timer at once. */
export type TimerLegs = 'azure' | 'whole';

/**
 * When a timer really fires, between one second before and one second after `fireAt`.
 *
 * The timer's queue message is hidden for whole seconds, cut off, an exact number counting as one less; then the next
 * poll finds it within a second. A wait that is cut to nothing is hardly a pause (recorded: timers-early).
 */
export function timerDueAt(fireAt: number, clock: Clock): number {
  const now = clock.now();
  const wholeSeconds = Math.max(0, Math.ceil((fireAt - now) / 1000) - 1);
  if (wholeSeconds === 0) return now + Math.min(ARRIVAL_MS, Math.max(0, fireAt - now));
  return now + wholeSeconds * 1000 + Math.floor(clock.random() * 1000);
}

/** Pause before the attempt after `attempt` (from 1), in milliseconds. */
export function retryDelayMs(policy: RetryPolicy, attempt: number): number {
  const delay = policy.firstRetryIntervalInMilliseconds * (policy.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delay, policy.maxRetryIntervalInMilliseconds ?? LONGEST_RETRY_DELAY_MS);
}

/** What follows a failed attempt: another one after a pause, the final answer, or (past the retry timeout) nothing. */
export function afterFailedAttempt(
  retry: { readonly policy: RetryPolicy; readonly attempt: number; readonly startedAt: number },
  now: number,
): { readonly kind: 'again' | 'last'; readonly fireAt: number } | { readonly kind: 'hang' } {
  const { policy, attempt } = retry;
  if (attempt >= policy.maxNumberOfAttempts) return { kind: 'last', fireAt: now };
  const timeout = policy.retryTimeoutInMilliseconds;
  if (timeout !== undefined && now - retry.startedAt >= timeout) return { kind: 'hang' };
  return { kind: 'again', fireAt: now + retryDelayMs(policy, attempt) };
}

/** The moment the next leg of a timer towards `goalAt` is armed for. */
export const legTowards = (goalAt: number, now: number, legs: TimerLegs): number =>
  legs === 'azure' && goalAt - now > LONGEST_LEG_MS ? now + LEG_MS : goalAt;

/** The two TimeSpans of a request that tell the SDK how the host cuts timers. */
export const legTexts = (legs: TimerLegs): { readonly leg: string; readonly longest: string } =>
  legs === 'azure'
    ? { leg: '3.00:00:00', longest: '6.00:00:00' }
    : { leg: '18250.00:00:00', longest: '36500.00:00:00' };
