import type { Flow, Durable } from './flow.ts';

const mostTries = 10;
const firstPauseSeconds = 5;
const longestPauseSeconds = 600;

/**
 * Calls an activity until it answers: storage or the platform may be out of reach for a while.
 *
 * @throws whatever the activity throws at the tenth try, after about half an hour.
 */
export function* patiently<T>(df: Durable, activity: string, input: unknown): Flow<T> {
  for (let tries = 1; ; tries++) {
    try {
      return (yield df.callActivity(activity, input)) as T;
    } catch (error) {
      if (tries === mostTries) throw error;
      const seconds = Math.min(firstPauseSeconds * 3 ** (tries - 1), longestPauseSeconds);
      yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + seconds * 1000));
    }
  }
}
