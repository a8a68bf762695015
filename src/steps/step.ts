import type { ArmCall, ArmReply, Failure, Json, JsonObject } from '../arm/call.ts';

/**
 * What a reply means to a step.
 *
 * `waiting` asks for another look at the same thing after `waitSeconds` (a job still running, an instance still
 * configuring); `detail` is what a person may see meanwhile.
 */
export type StepReading<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'waiting'; readonly waitSeconds: number; readonly detail?: JsonObject }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** How a long-running operation is followed. Source of the choice: recorded traffic, see docs/architecture.md. */
export interface LongRunning<Input> {
  /** `status` polls `Azure-AsyncOperation`, `result` polls `Location`; where the wanted header is missing the other serves. */
  readonly follow: 'status' | 'result';
  /** The unsigned path of the operation: the fallback when the signed URL is missing, refused or unusable. */
  readonly unsigned?: (input: Input, operationId: string) => ArmCall;
  /** Seconds between polls as long as no `Retry-After` has been seen. */
  readonly defaultWaitSeconds: number;
  /** The step is done with the acceptance; a later step follows the operation (`followsStep`). */
  readonly endsAtAcceptance?: true;
}

/** What is read within the claim, right before the bytes leave, and decides whether they do. */
export interface Precondition<Input> {
  /** Reads that are sent in order; a list is read to its last page. */
  readonly describe: (input: Input) => readonly { readonly call: ArmCall; readonly pages?: true }[];
  /** What is there, or that nothing is (404), in the order of the reads. A refusal ends the step; nothing was sent. */
  readonly read: (
    replies: readonly ArmReply[],
    input: Input,
  ) =>
    | { readonly kind: 'holds'; readonly ifMatch?: string }
    | { readonly kind: 'refused'; readonly failure: Failure };
}

/** Every attempt this step made so far: what `findEarlier` may match a job with. */
export interface EarlierAttempts {
  /** Attempt ids, sent as `x-ms-client-request-id`, oldest first. Plain GUIDs. */
  readonly attemptIds: readonly string[];
  /** UTC instant of the first claim and of the end of the last send window, ISO 8601. */
  readonly firstClaimAt: string;
  readonly lastSendBy: string;
  /** When the last attempt was claimed, ISO 8601 UTC. */
  readonly lastClaimAt?: string;
  /** True after the service said that something is already in progress: a foreign job counts then. */
  readonly joinForeign: boolean;
  /** End of the last send window of another run's step that had the item before: its job may show in the list, too. */
  readonly otherSentBy?: string;
  /**
   * The look was so late that whatever these attempts have begun shows in the list. Before that a job that carries none of
   * their ids is no answer: theirs may only not be listed yet.
   */
  readonly isSettled: boolean;
}

/** What a look for an earlier effect found. */
export type EarlierEffect<Result> =
  | { readonly kind: 'ours'; readonly result: Result }
  | { readonly kind: 'foreign'; readonly result: Result }
  | { readonly kind: 'absent' }
  /** After "in progress": what runs is not proven to be of the same item. The step ends refused, nothing was started. */
  | { readonly kind: 'unproven'; readonly failure: Failure }
  | { readonly kind: 'ambiguous'; readonly failure: Failure };

/** A step that may not be sent twice says how to find what an earlier attempt has done. */
export interface LookBeforeRepeat<Input, Result> {
  /** The list or resource to read; lists are read to their last page, `reply.body` is then `{ value: rows }`. */
  readonly describeLook: (input: Input, attempts: EarlierAttempts) => ArmCall;
  readonly findEarlier: (reply: ArmReply, input: Input, attempts: EarlierAttempts) => EarlierEffect<Result>;
}

/**
 * One ARM call as a flow names it. Pure: describes a call, reads a reply, says whether asking twice is harmless.
 *
 * `Input` and `Result` cross durable boundaries: plain JSON, at most 8 KiB each.
 */
export interface Step<Input extends JsonObject = JsonObject, Result extends Json = Json> {
  /** `recoveryServices.registerContainer`: unique, shown in the run record, kept in the ledger. */
  readonly name: string;
  /** `attempt` is the one that is about to be sent; absent where the call is only looked at. */
  readonly describe: (input: Input, attempt?: Attempt) => ArmCall;
  /** The reply's `nextLink` is followed to the end; `read` gets one reply whose body is `{ value: all rows }`. */
  readonly pages?: true;
  readonly longRunning?: LongRunning<Input>;
  /** The step begins by polling the operation that the named earlier step of this run started; `describe` is the fallback when that URL is lost. */
  readonly followsStep?: (input: Input) => string;
  /** Reads the final reply: of the call itself, or the last poll's of a long-running operation. `context` is what only the executor knows. */
  readonly read: (reply: ArmReply, input: Input, context: ReadContext) => StepReading<Result>;
  /** Turns a refusal the step expects into a reading (a 404 that means "not there"); undefined leaves it a failure. */
  readonly readRefusal?: (failure: Failure, status: number, input: Input) => StepReading<Result> | undefined;
  /** `safe`: a GET, or a PUT of the same body under a deterministic name. Else how to look before sending again. */
  readonly repeat: 'safe' | LookBeforeRepeat<Input, Result>;
  /** Of a step that may only act on what it was meant for: asked again before every send, however long the step was parked. */
  readonly precondition?: Precondition<Input>;
  /** Of a step that starts a job: the executor has it watched before it tells the flow, which then need not ask. */
  readonly watch?: WatchedJob<Input, Result>;
  /** The item that two runs may not act on at the same time, as an ARM id; absent for steps that lock nothing. */
  readonly itemOf?: (input: Input) => string;
  /** Seconds after the first order at which the step ends `timedOut`. */
  readonly giveUpAfterSeconds: number;
  /** Sent although the run's cancellation was asked for: cancelling the job, following it afterwards. Polls of accepted operations always go on. */
  readonly goesOnAfterCancel?: true;
}

/** In place of the id of the step that has started a job: it was found in a list, so that no operation of it can be polled. */
export const foundInList = '';

/** How the job that a step has started is watched. */
export interface WatchedJob<Input, Result> {
  /** Seconds for which it is followed once it has been started. */
  readonly seconds: (input: Input) => number;
  /** What its watch is ordered with, as far as the result of the step tells: members of `WatchOrder`. */
  orderOf(result: Result): JsonObject;
}

/** One permission to send: what counts from the sending counts from its claim, ISO 8601 UTC. */
export interface Attempt {
  readonly claimedAt: string;
}

/** What the executor adds for `read`. */
export interface ReadContext {
  readonly now: Date;
  /** Id under which the call was sent: the service's activity id, when it echoes. */
  readonly attemptId: string;
  /** When the call was sent, ISO 8601 UTC. */
  readonly sentAt: string;
  /** @see EarlierAttempts.otherSentBy */
  readonly otherSentBy?: string;
  /** When the attempt was claimed, ISO 8601 UTC: what counts from the sending. */
  readonly claimedAt?: string;
  /** Last path segment of the poll URL of an accepted operation. */
  readonly operationId?: string;
  /** `Retry-After` of the reply, else the last seen, else the step's default. */
  readonly waitSeconds: number;
  readonly stepId: string;
  /** First order of the step, ISO 8601 UTC: for waits that grow with age. */
  readonly firstAt: string;
}

/** A step of any input and result, as the catalogue keeps it. */
// The catalogue is heterogeneous: inputs are checked where a flow names the step, not where the ledger finds it.
export type AnyStep = Step<never, Json>;

/** Where the executor finds a step by the name in the ledger row. */
export type StepCatalogue = ReadonlyMap<string, AnyStep>;

/** What the ledger tells the flow about one ask of a step. The event's payload: at most 8 KiB, never a URL. */
export type StepOutcome =
  | {
      readonly kind: 'done';
      readonly result: Json;
      readonly how?: 'adopted' | 'joined';
      /** In an event alone: the step's job is watched, and this is what the tracker has answered. */
      readonly watched?: Json;
      /** In a flow alone: the job's end has come first, and brought this. */
      readonly told?: Json;
    }
  | { readonly kind: 'waiting'; readonly waitSeconds: number; readonly reason?: string }
  | { readonly kind: 'refused' | 'failed' | 'timedOut' | 'unknown'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };

/** What keeps a described call from being sent: for good, or for now. */
export type SendObstacle =
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'later'; readonly reason: string };

/** The event `step-<ask>` as it is raised. */
export interface StepEvent {
  /** Repeats the step's id: an event of another step is ignored. */
  readonly stepId: string;
  readonly outcome: StepOutcome;
}

/** What the flow hands to the activity `orderStep`. */
export interface StepOrder {
  readonly runId: string;
  readonly generation: number;
  /** `01`, `02` … in the order in which the flow takes its steps. */
  readonly stepId: string;
  readonly stepName: string;
  readonly input: JsonObject;
  /** Number of the event `step-<ask>` that will answer; counts over the whole run, never used twice. */
  readonly ask: number;
  /** Of a step that starts a job: n of the event `job-<n>` that will tell its end. */
  readonly jobEvent?: number;
  /** The flow orders this step for the first time. A hint that saves a read: the ledger knows. */
  readonly isNew?: true;
}

/** The queue message: too small to forge anything, the ledger holds the rest. */
export interface StepMessage {
  readonly runId: string;
  readonly stepId: string;
  /** The writer of the row as it was when the message was sent; absent from a first order and from a reminder. */
  readonly writer?: string | undefined;
}

/** The message that has the steps of half a minute looked after, by the instant at which that is done: ISO 8601 UTC. */
export interface GuardMessage {
  readonly guard: string;
}

/** A step as the run record may show it: ids, words and times, never a URL. */
export interface StepSummary {
  readonly stepId: string;
  readonly name: string;
  readonly state: 'ordered' | 'claimed' | 'checking' | 'waiting' | 'settled';
  /** How it ended; absent until settled. */
  readonly outcome?: StepOutcome;
  /** First order, ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** When the flow or the executor should act on it next at the latest, ISO 8601 UTC. */
  readonly dueAt: string;
  /** How often the flow has asked. */
  readonly asks: number;
  /** ARM requests sent, polls and pages included. */
  readonly requests: number;
  /** The operation's status in the service's word, of a step that started or follows one. */
  readonly operationStatus?: string;
  /** What the last `waiting` reading told. */
  readonly detail?: JsonObject;
  /** Why it waits, when it is not the service's work that is waited for. */
  readonly reason?: string;
  /** It starts a job, whose end a tracker tells. */
  readonly startsJob?: true;
  /** A limit of the service is waited out: hours, or the rest of its day. */
  readonly parked?: true;
}
