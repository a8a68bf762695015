import type { FaultRuleSeed } from '../arm-simulator/faults.ts';
import type { WorldSeed } from '../arm-simulator/world.ts';

/** One request that a story sends to the app. */
export interface StoryRequest {
  readonly path: '/api/backups' | '/api/protections' | '/api/protections/stop' | '/api/protections/resume';
  readonly key: string;
  readonly body: unknown;
}

/** How a story has to end. */
export interface StoryEnding {
  readonly status: string;
  /** Azure Backup's word for the job, for a story that backs up. */
  readonly job?: string;
  /** Steps that must have been taken, in this order; others may lie between. */
  readonly steps: readonly string[];
  /** Changes the simulator must have made, no more and no fewer, by kind. */
  readonly effects: Readonly<Record<string, number>>;
}

/** A story of the product: a world, a request, an ending. Data alone; one runner tells all of them. */
export interface Story {
  readonly name: string;
  readonly title: string;
  /** What is awkward about this world, a sentence each. */
  readonly traps: readonly string[];
  readonly world: WorldSeed;
  readonly faults: readonly FaultRuleSeed[];
  readonly request: StoryRequest;
  readonly ending: StoryEnding;
}
