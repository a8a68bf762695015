import type { Failure } from '../arm/call.ts';
import type { DrillVerdict } from '../plan/drillParts.ts';
import type { DrillThing, RunRequest } from './request.ts';
import type { RunEnding } from './run.ts';

/** Keys of the items of one shard: from the first, inclusive, before the next shard's first. At most 100 planned items. */
export interface Shard {
  readonly from: string;
  /** Absent for the last shard. */
  readonly before?: string;
}

/** Input of the activity `gatherItems`. */
export interface GatherInput {
  readonly runId: string;
  readonly generation: number;
}

/** Answer of `gatherItems`: call again at once or later, or go on to the shards, or end the run. */
export type GatherAnswer =
  | { readonly kind: 'again'; readonly waitSeconds: number }
  | { readonly kind: 'gathered'; readonly shards: readonly Shard[]; readonly concurrency: number }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Input of the orchestration `batchShard`. */
export interface ShardInput extends GatherInput {
  readonly shard: Shard;
  /** Children of this shard that run at a time. */
  readonly concurrency: number;
  /** Its place among the batch's shards, from 1; absent in histories of before: nobody wakes those. */
  readonly number?: number;
}

/** Answer of the activity `advanceShard`; `open` are items without an ending. */
export interface ShardProgress {
  readonly open: number;
  /** Until the next look, unless a child's end comes first. */
  readonly waitSeconds: number;
}

/** Answer of the activity `reportBatch`: how the batch ends. Counts and report are in its row already. */
export type BatchEnding = Pick<RunEnding, 'status' | 'error'>;

/** Input of the activity `watchResource`. */
export interface ResourceWatch {
  readonly runId: string;
  readonly resourceId: string;
  /** `beforeLook`: events that come now need no run of their own. `look`: later ones ask for another look. `afterLook`: the run wants to end. */
  readonly moment: 'beforeLook' | 'look' | 'afterLook';
}

/** Answer of `watchResource`. `writtenSince` when the resource was written after the last `look`. */
export interface ResourceWatched {
  readonly writtenSince: boolean;
  readonly waitSeconds: number;
}

/** A written resource as its run has read it: input of the activity `choosePlan`. */
export interface WrittenResource {
  readonly runId: string;
  readonly resourceId: string;
  /** Region and tags of the disk, or of the storage account a share lies in. */
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What conditions look at beside them; absent in runs that began before there were such conditions. */
  readonly shown?: {
    readonly sku: string;
    readonly accountKind: string;
    readonly managedBy: string;
    readonly hierarchicalNamespace: boolean;
    readonly obstacles: readonly string[];
  };
}

/** What the plan says of a written resource: nothing, one protection, or several, stored as items of a batch. */
export type PlanChoice =
  | { readonly kind: 'skipped'; readonly message: string }
  | { readonly kind: 'one'; readonly request: RunRequest; readonly rule: string }
  | {
      readonly kind: 'several';
      readonly shards: readonly Shard[];
      readonly concurrency: number;
      readonly rules: readonly string[];
    };

/** Something that could not be shown to be gone, and why. */
export type LeftOver = { readonly id: string; readonly reason: string };

/** What a drill asks of a webhook: whether what came back is right. */
export type WebhookQuestion = {
  readonly url: string;
  readonly run: string;
  readonly resourceId: string;
  readonly restoredTo: readonly string[];
  readonly pointAt: string;
};

/** Its verdict by status: 200 and 204 good, 422 bad; 202 and everything else is none yet. */
export type WebhookVerdict = 'good' | 'bad' | 'none';

/** What came of a drill, as the coverage of the resource shows it. Instants are ISO 8601 UTC. */
export type DrillProof = {
  readonly run: string;
  readonly at: string;
  readonly verdict: DrillVerdict;
  readonly pointAt?: string;
  readonly restoreSeconds?: number;
  /** Why it proves nothing: code and message. */
  readonly reason?: string;
};

/**
 * Input of the activity `noteDrill`, each harmless to repeat: when a restore that nobody has counted is about to begin (the
 * answer says why it may not), before anything is made, when nothing will appear any more, when something was seen to be
 * gone or left, and when the verdict is known.
 */
export type DrillEntry =
  | { readonly moment: 'begun'; readonly run: string; readonly itemId: string }
  | { readonly moment: 'planned'; readonly run: string; readonly things: readonly DrillThing[] }
  | { readonly moment: 'settled'; readonly run: string }
  | { readonly moment: 'cleaned'; readonly run: string; readonly left: readonly LeftOver[] }
  | { readonly moment: 'proved'; readonly resourceId: string; readonly proof: DrillProof };
