import * as z from 'zod';
import { drillPartsSchema, pointSchema, spanSchema, type DrillCheck } from '../plan/drillParts.ts';
import {
  checkAccess,
  checkPolicyVault,
  checkTargetVault,
  checkWhatToBackUp,
  keepForSchema,
  requestIds,
  targetSchema,
  type Target,
} from './requestFields.ts';

export { targetSchema };
export type { Target };

/** The kinds of workload backup; other datasources know `Full` alone. */
const backupTypeSchema = z.enum([
  'Full',
  'Differential',
  'Log',
  'CopyOnlyFull',
  'Incremental',
  'SnapshotFull',
  'SnapshotCopyOnlyFull',
]);

/** Everything an on-demand backup may say besides its target. */
const backupOptionsSchema = z.strictObject({
  keepFor: keepForSchema.optional(),
  retentionTag: z.string().min(1).max(150).optional(),
  backupRule: z.string().min(1).max(150).optional(),
  backupType: backupTypeSchema.optional(),
  compress: z.boolean().optional(),
  protectFirst: z.strictObject({ policyId: requestIds.policy }).optional(),
});

/** @see backupOptionsSchema */
export type BackupOptions = z.infer<typeof backupOptionsSchema>;

/** Body of `POST /api/backups`: exactly one of `target`, `targets` and `rule`. */
export const backupSchema = backupOptionsSchema
  .extend({
    target: targetSchema.optional(),
    targets: z.array(targetSchema).min(1).max(100).optional(),
    rule: z.string().min(1).max(80).optional(),
    dryRun: z.boolean().optional().describe('True: one target is looked at, nothing is sent.'),
  })
  .superRefine(checkWhatToBackUp);

/** Which containers of a storage account a vaulted blob protection covers. */
const containers = z.union([
  z.literal('all'),
  z.strictObject({ list: z.array(z.string().min(3).max(63)).min(1).max(100) }),
  z.strictObject({ pattern: z.string().min(1).max(128) }),
]);

/** Body of `POST /api/protections` and `POST /api/protections/validate`. */
export const protectionSchema = z
  .strictObject({
    target: targetSchema,
    vaultId: requestIds.vault.optional(),
    policyId: requestIds.policy,
    snapshotResourceGroupId: requestIds.resourceGroup.optional(),
    containers: containers.optional(),
    autoProtect: z
      .union([z.boolean(), z.strictObject({ excludePrefixes: z.array(z.string().min(1).max(63)).max(10) })])
      .optional(),
    grantRoles: z.boolean().optional(),
    identity: z.union([z.literal('systemAssigned'), requestIds.userAssignedIdentity]).optional(),
    accessType: z.enum(['keys', 'identity']).optional(),
    lockStorageAccount: z.boolean().optional(),
    backUpAfterwards: z.boolean().optional(),
  })
  .superRefine(checkTargetVault)
  .superRefine(checkPolicyVault)
  .superRefine(checkAccess);

/** @see protectionSchema */
export type Protection = z.infer<typeof protectionSchema>;

/** Body of `POST /api/protections/stop`. */
export const stopSchema = z
  .strictObject({
    target: targetSchema,
    mode: z.enum(['retain', 'suspend', 'deleteData']),
    confirm: z.string().min(1).max(260).optional(),
  })
  .refine(({ mode, confirm }) => mode !== 'deleteData' || confirm !== undefined, {
    path: ['confirm'],
    error: "deleting data needs the item's name here",
  });

/** Body of `POST /api/protections/resume`. */
export const resumeSchema = z.strictObject({
  target: targetSchema,
  policyId: requestIds.policy.optional(),
  undelete: z.boolean().optional(),
});

/** Body of `POST /api/runs/{id}/close`. */
export const closeSchema = z.strictObject({ reason: z.string().trim().min(1).max(1000) });

/** What one run has been asked to do: the body of a request, with its kind. Kept in the run row. */
export type RunRequest =
  | ({ readonly kind: 'backUp'; readonly target: Target } & BackupOptions)
  | ({ readonly kind: 'dryRun'; readonly target: Target } & BackupOptions)
  | ({ readonly kind: 'protect' } & Protection)
  | ({ readonly kind: 'validate' } & Protection)
  | DrillRequest
  | ({ readonly kind: 'stop' } & z.infer<typeof stopSchema>)
  | ({ readonly kind: 'resume' } & z.infer<typeof resumeSchema>);

/** Body of `POST /api/sweeps`: a dry run unless it says otherwise. */
export const sweepSchema = z.strictObject({ dryRun: z.boolean().optional() });

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
