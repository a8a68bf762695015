import * as z from 'zod';
import { drillPartsSchema, pointSchema, spanSchema, type DrillCheck } from '../plan/drillParts.ts';
import { targetSchema } from './requestFields.ts';

/** One point by its name, instead of a choice. */
const namedPoint = z.strictObject({ name: z.string().min(1).max(260) });

const ofOneTarget = drillPartsSchema.extend({
  target: targetSchema,
  point: z.union([pointSchema, namedPoint]).optional(),
  /** Time to restore: what takes longer is proven late. */
  restoreWithin: spanSchema.optional(),
  dryRun: z.boolean().optional().describe('True: says what would be restored where, and what is missing.'),
});

const ofThePlan = z.strictObject({
  drill: z.string().min(1).max(80).describe('Name of a drill of the plan.'),
  dryRun: z.boolean().optional(),
});

/** Body of `POST /api/drills`: a drill of the plan, or one target. */
export const drillSchema = z.union([ofThePlan, ofOneTarget]);

/** What one drill is asked for: `seed` picks the point where any will do, so that a replay picks the same. */
export type DrillRequest = Omit<z.infer<typeof ofOneTarget>, 'check'> & {
  readonly kind: 'drill';
  readonly check?: DrillCheck | undefined;
  readonly seed?: string;
  /** The plan's drill that it belongs to, and how many restores that begins on one day. */
  readonly drill?: string;
  readonly restoresADay?: number;
};

/** Something that a drill has made or may still make, with all by which it is told from what is somebody else's. */
export type DrillThing = {
  /** ARM id. */
  readonly id: string;
  /** It did not exist before, and its name is the run's own: found without a tag it is the drill's all the same. */
  readonly mayBeUntagged: boolean;
};

/** Deletes what a drill has left, as its clean-up row says. */
export interface CleanUpRequest {
  readonly kind: 'cleanUp';
  /** The run whose drill it was. */
  readonly run: string;
  readonly things: readonly DrillThing[];
}
