import type { JsonObject } from '../arm/call.ts';
import type { LongRunning } from '../steps/step.ts';

/** Data Protection operations: `Azure-AsyncOperation`; the status document sits at the vault. */
export const followStatus = (defaultWaitSeconds: number): LongRunning<JsonObject> => ({
  follow: 'status',
  defaultWaitSeconds,
});
