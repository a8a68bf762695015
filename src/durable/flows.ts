import type { Json } from '../arm/call.ts';

/** How an instance of a flow stands, as far as the platform knows; the ledger is the truth. */
export type FlowStatus = 'pending' | 'running' | 'completed' | 'failed' | 'terminated';

/**
 * The only door to Durable Functions' client. Ids match `^[a-z0-9][a-z0-9-]{0,63}$`, event names `^(step|job)-\d{1,6}$`;
 * anything else throws before it reaches the client.
 */
export interface Flows {
  /** Starts an instance; `exists` when one of that id is pending or running. Never called for an id that has ended. */
  start(orchestration: string, instanceId: string, input: Json): Promise<'started' | 'exists'>;
  /** Raises an event; `ended` and `missing` are answers, not errors. */
  raise(instanceId: string, eventName: string, payload: Json): Promise<'raised' | 'ended' | 'missing'>;
  /** Undefined when no instance has that id. */
  status(instanceId: string): Promise<FlowStatus | undefined>;
  /** Removes the history of one ended instance; a missing one is fine, a running one is left alone. */
  purge(instanceId: string): Promise<void>;
}
