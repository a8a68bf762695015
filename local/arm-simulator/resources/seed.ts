import { z } from 'zod';

const assignment = z.strictObject({
  scope: z.string().startsWith('/').describe('ARM id; the assignment holds there and below.'),
  role: z.string().describe('Name or GUID of a built-in or custom role.'),
  principalId: z.guid(),
  principalType: z.string().default('ServicePrincipal'),
  ageSeconds: z
    .number()
    .nonnegative()
    .default(86_400)
    .describe('How long ago it was made; older than the delay = effective.'),
});

const customRole = z.strictObject({
  name: z.string(),
  guid: z.guid(),
  actions: z.array(z.string()),
  notActions: z.array(z.string()).default([]),
});

const lock = z.strictObject({
  scope: z.string().startsWith('/').describe('ARM id; the lock holds there and below.'),
  level: z.enum(['CanNotDelete', 'ReadOnly']).default('CanNotDelete'),
  name: z.string().default('lock'),
  notes: z.string().default(''),
});

/** The authorization section of a world file. */
export const authorizationSeedSchema = z.strictObject({
  effectiveAfterSeconds: z
    .number()
    .nonnegative()
    .default(60)
    .describe('Seconds until a new role assignment works.'),
  enforceCallers: z
    .boolean()
    .default(false)
    .describe('Fault: every caller needs the role for what it does, else 403 AuthorizationFailed.'),
  assignments: z.array(assignment).default([]),
  customRoles: z.array(customRole).default([]),
  locks: z
    .array(lock)
    .default([])
    .describe('Resource locks: what they forbid is refused with 409 ScopeLocked.'),
  newPrincipals: z
    .array(z.guid())
    .default([])
    .describe('Fault: unknown to the directory yet; an assignment without principalType is refused.'),
});

/** The Resource Graph section of a world file. */
export const resourceGraphSeedSchema = z.strictObject({
  lagSeconds: z.number().nonnegative().default(0).describe('Rows are as old as this.'),
  unreadableScopes: z
    .array(z.string())
    .default([])
    .describe('ARM ids; rows there and below are silently left out.'),
  quota: z.int().positive().default(15).describe('Queries per window and caller.'),
  windowSeconds: z.number().positive().default(5),
});

/** One event subscription: where events go, and which. */
export const eventSubscriptionSchema = z.strictObject({
  endpoint: z.url().describe('Webhook that gets the POST.'),
  schema: z.enum(['EventGridSchema', 'CloudEventSchemaV1_0']).default('EventGridSchema'),
  includedEventTypes: z
    .array(z.string())
    .default(['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess']),
  operationNames: z
    .array(z.string())
    .default([])
    .describe('StringIn filter on data.operationName, without case; empty = all.'),
  subjectBeginsWith: z.string().default(''),
});

/** How events are delivered: the oddities of at-least-once, and the waits between attempts. */
export const eventsSeedSchema = z.strictObject({
  delaySeconds: z.number().nonnegative().default(0).describe('Fault: every delivery is late by this.'),
  duplicateEvery: z.int().nonnegative().default(0).describe('Fault: each n-th event comes twice; 0 = never.'),
  reorderEvery: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Fault: each n-th event comes after its successor; 0 = never.'),
  retrySeconds: z
    .array(z.number().nonnegative())
    .default([10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600])
    .describe('Waits before each further attempt; none after a 400 or 413.'),
});

/** Parsed sections. */
export type AuthorizationSeed = z.infer<typeof authorizationSeedSchema>;
/** See {@link resourceGraphSeedSchema}. */
export type ResourceGraphSeed = z.infer<typeof resourceGraphSeedSchema>;
/** See {@link eventsSeedSchema}. */
export type EventsSeed = z.infer<typeof eventsSeedSchema>;
/** See {@link eventSubscriptionSchema}. */
export type EventTarget = z.infer<typeof eventSubscriptionSchema>;
