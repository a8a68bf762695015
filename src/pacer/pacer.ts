import type { ArmReply } from '../arm/call.ts';
import type { Bucket } from './gcra.ts';

/** Which budget a request draws on. */
export interface Lane {
  readonly subscriptionId: string;
  readonly kind: 'read' | 'write' | 'delete';
  /** Azure's action, the provider's own counter. */
  readonly action: string;
}

/** A slot: now, or an instant before which the request may not leave. */
export type Slot = {
  /** What to hand to `confirm` when the slot is used later: an instant of the budget's own time. Absent: the slot's instant. */
  readonly ticket?: Date;
} & (
  | { readonly kind: 'go' }
  | {
      readonly kind: 'wait';
      readonly until: Date;
      /** Nothing is kept, ask again then: a slot far ahead rests on a guess that the next reply may mend. */
      readonly reserved?: false;
    }
);

/** An action's counter as replies have shown it: requests left now, its size, and what it allows in an hour. */
export interface ActionBudget {
  readonly left: number;
  readonly limit: number;
  readonly perHour: number;
}

/** Spaces out requests so that the subscription's and the provider's budgets last. */
export interface Pacer {
  reserve(lane: Lane, now: Date): Promise<Slot>;
  /**
   * Looks again at a slot that was kept: `wait` where replies have taught since that the budget refills slower. The slot
   * keeps its place then. Absent: a kept slot is good as it stands.
   */
  confirm?(lane: Lane, ticket: Date, now: Date): Promise<Slot>;
  /** Corrects the budget by what the reply's headers or a 429 said. */
  learn(lane: Lane, reply: ArmReply, now: Date): Promise<void>;
  /** What is known of the action's own counter; absent, or undefined, while nothing is. */
  budget?(lane: Lane, now: Date): Promise<ActionBudget | undefined>;
}

/** Azure Resource Manager's buckets per subscription and principal. Published 2024. */
export const armBudgets: Readonly<Record<Lane['kind'], Bucket>> = {
  read: { capacity: 250, perSecond: 25 },
  write: { capacity: 200, perSecond: 10 },
  delete: { capacity: 200, perSecond: 10 },
};
