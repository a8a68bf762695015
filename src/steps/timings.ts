/** W: seconds after a claim in which bytes may leave. */
export const sendWindowSeconds = 60;
/** No exchange begins in the last seconds of its window: what is sent late is late to be aborted. */
export const sendMarginSeconds = 15;
/** Seconds for which a claim or a look keeps other workers away. */
export const leaseSeconds = 120;
/** S: seconds after the end of the last send window until absence from a list may be believed. */
export const settleSeconds = 300;
/** Two empty looks lie at least this far apart. */
export const betweenLooksSeconds = 60;
/** Attempts per kind of failure. */
export const mostAttempts = 5;
/** Longest wait that stays in the queue; a longer one is told to the flow, which has a durable timer. */
export const longestQueueSeconds = 60;
/** The same for a slot that is kept: asking again would cost more than waiting, and a flow waits 180 s for an answer. */
export const longestSlotSeconds = 120;

const secondMs = 1000;

/** An instant some seconds later. */
export const later = (instant: Date | string, seconds: number): Date =>
  new Date(new Date(instant).getTime() + seconds * secondMs);

/** Whole seconds until an instant, rounded up; 0 when it has passed. */
export const secondsUntil = (instant: Date | string, now: Date): number =>
  Math.max(0, Math.ceil((new Date(instant).getTime() - now.getTime()) / secondMs));
