import type { ArmReply } from './call.ts';

/** Which budget a request draws on. */
export interface Lane {
  readonly subscriptionId: string;
  readonly kind: 'read' | 'write' | 'delete';
  /** Azure's action, the provider's own counter. */
  readonly action: string;
}

/** A slot: now, or an instant before which the request may not leave. */
export type Slot = { readonly kind: 'go' } | { readonly kind: 'wait'; readonly until: Date };

/** Spaces out requests so that the subscription's and the provider's budgets last. */
export interface Pacer {
  reserve(lane: Lane, now: Date): Promise<Slot>;
  /** Corrects the budget by what the reply's headers or a 429 said. */
  learn(lane: Lane, reply: ArmReply, now: Date): Promise<void>;
}
