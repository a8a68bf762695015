/** Everything that can go wrong in a world. A run of many worlds in which one of them never happened has shown nothing of it. */
export const faultKinds = [
  'death',
  'deathAgain',
  'freeze',
  'tableRefused',
  'tableAnswerLost',
  'tableRepeated',
  'queueRefused',
  'queueAnswerLost',
  'messageTwice',
  'messageLate',
  'poison',
  'eventDropped',
  'eventTwice',
  'eventLate',
  'startAnswerLost',
  'armAnswerLost',
  'armReset',
  'armUnavailable',
  'armThrottled',
  'armSlow',
  'pollRefused',
  'pollUrlUnusable',
  'listLag',
  'listStale',
  'noEcho',
  'foreignJob',
  'operationRefused',
  'operationWithoutJob',
  'jobFails',
  'dailyLimit',
  'restoreBent',
  'restoreFails',
  'clockSkew',
  'clockJump',
  'gridTwice',
  'gridLate',
  'gridNever',
] as const;

/** @see faultKinds */
export type FaultKind = (typeof faultKinds)[number];

/** How often each kind has happened. */
export type Fired = Partial<Record<FaultKind, number>>;

/** Secrets that the service's words carry in these worlds; none of them may be seen anywhere. */
export const canary = 'Q0FOQVJZLWtleS1vZi1hY2NvdW50';

/** A refusal of the service that says too much. */
export const indiscreet = `Could not reach https://papers01.file.core.windows.net/docs?sv=2024-05-04&sig=${canary} with AccountKey=${canary};EndpointSuffix=core.windows.net`;
