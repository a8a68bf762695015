import type { ArmCall, ArmClient, Json, JsonObject } from '../arm/call.ts';
import type { AlertCode } from '../notifications/alert.ts';
import type { Pacer } from '../pacer/pacer.ts';
import type { MessageQueue, Table } from '../storage/table.ts';
import type { SendObstacle, StepCatalogue, StepEvent } from './step.ts';

/** The run of a step, and which of its flows has asked for it last. */
export interface StepOwner {
  readonly runId: string;
  readonly generation: number;
}

/** One structured log line; an alert is for a person, under its code. Fields hold ids and words, never a URL or a token. */
export type StepLog = (
  level: 'info' | 'warning' | { readonly alert: AlertCode },
  message: string,
  fields: Readonly<Record<string, string | number>>,
) => void;

/** Everything the ledger acts through. */
export interface StepServices {
  readonly clock: () => Date;
  /** A fresh random id: the owner of a claim. */
  readonly newId: () => string;
  /** Step rows: partition = run id, row key = step id. */
  readonly steps: Table;
  /** Item locks: partition = hash of the item's id. */
  readonly items: Table;
  readonly queue: MessageQueue;
  readonly arm: ArmClient;
  readonly pacer: Pacer;
  readonly catalogue: StepCatalogue;
  /** Least pause between two polls, in seconds. */
  readonly minimumPollSeconds: number;
  /** Raises an event to the flow of a run. */
  readonly raise: (
    runId: string,
    generation: number,
    eventName: string,
    event: StepEvent,
  ) => Promise<'raised' | 'ended' | 'missing'>;
  /** Has a job watched; answers what is known of its end. Absent: the flow asks for it. */
  readonly watchJob?: (order: JsonObject) => Promise<Json>;
  readonly isCancelRequested: (runId: string) => Promise<boolean>;
  /** The allow-list, and all that a deletion needs: asked again before every send. */
  readonly obstacleTo: (call: ArmCall, step: StepOwner) => Promise<SendObstacle | undefined>;
  readonly log: StepLog;
}
