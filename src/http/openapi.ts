import * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import { coverageQuerySchema, historyQuerySchema, resourceQuerySchema } from '../coverage/coverageQuery.ts';
import {
  coverageHistorySchema,
  coveragePageSchema,
  coverageResourceSchema,
  vaultsSchema,
} from '../coverage/schema.ts';
import { planAnswerSchema } from '../estate/planAnswer.ts';
import { listQuerySchema } from '../runs/listRuns.ts';
import { recordSchema } from '../runs/recordSchema.ts';
import {
  backupSchema,
  closeSchema,
  protectionSchema,
  resumeSchema,
  stopSchema,
  sweepSchema,
} from '../runs/request.ts';
import { requiredRoles } from './access.ts';
import { idempotencyHeader, largestBodyBytes } from './body.ts';
import { longestWaitSeconds } from './runAnswer.ts';

function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
  return rest;
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    target: z.string().optional(),
    details: z
      .array(z.object({ code: z.string(), message: z.string(), target: z.string().optional() }))
      .optional(),
  }),
});

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

const refusal = (description: string): JsonObject => ({ description, content: json(reference('Error')) });
const text = (description: string): JsonObject => ({ description, schema: { type: 'string' } });

const accepted: JsonObject = {
  description: 'The run goes on.',
  headers: { 'Operation-Location': text('Path of the run record.'), 'Retry-After': text('Seconds.') },
  content: json(reference('Run')),
};
const record: JsonObject = { description: 'The run record.', content: json(reference('Run')) };
const refusals = { 400: refusal('Every problem with its path.'), 503: refusal('AccessNotConfigured.') };
const noSuchRun = { 404: refusal('RunNotFound.') };

const parameter = (place: 'query' | 'header' | 'path', name: string, schema: JsonObject): JsonObject => ({
  name,
  in: place,
  required: place === 'path',
  schema,
});
const wait = parameter('query', 'wait', { type: 'integer', minimum: 0, maximum: longestWaitSeconds });
const key = parameter('header', idempotencyHeader, { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' });
const id = parameter('path', 'id', { type: 'string', pattern: '^[0-9a-f]{40}$' });

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: JsonObject;
}

const bodyOf = (schema: z.ZodType): JsonObject => ({
  required: true,
  description: `At most ${largestBodyBytes} bytes; unknown fields are refused.`,
  content: json(schemaOf(schema)),
});

const acceptsRun = (operationId: string, summary: string, schema: z.ZodType): Operation => ({
  operationId,
  summary,
  parameters: [key, wait],
  requestBody: bodyOf(schema),
  responses: {
    200: { ...record, description: 'The run has ended.' },
    202: accepted,
    ...refusals,
    409: refusal('IdempotencyKeyReused.'),
    413: refusal('BodyTooLarge.'),
  },
});

const startBackup = acceptsRun(
  'startBackup',
  'Back something up now; exactly one of target, targets, rule.',
  backupSchema,
);

const queryParameters = ({ shape }: z.ZodObject): readonly JsonObject[] =>
  Object.entries(shape).map(([name, schema]) => parameter('query', name, schemaOf(schema as z.ZodType)));

const listRuns: Operation = {
  operationId: 'listRuns',
  summary: 'Runs, newest first.',
  parameters: queryParameters(listQuerySchema),
  responses: { 200: { description: 'One page.', content: json(reference('RunPage')) }, ...refusals },
};
const getRun: Operation = {
  operationId: 'getRun',
  summary: 'The run record; with wait the answer is held until the run has ended.',
  parameters: [id, wait],
  responses: { 200: record, 202: accepted, ...refusals, ...noSuchRun },
};
const cancelRun: Operation = {
  operationId: 'cancelRun',
  summary: 'Stops further steps and cancels the job where the service can.',
  parameters: [id, wait],
  responses: { 200: record, 202: accepted, ...refusals, ...noSuchRun, 409: refusal('RunEnded.') },
};
const closeRun: Operation = {
  operationId: 'closeRun',
  summary: 'A person closes a run that ended unknown.',
  parameters: [id],
  requestBody: bodyOf(closeSchema),
  responses: { 200: record, ...refusals, ...noSuchRun, 409: refusal('RunNotUnknown.') },
};
const health: Operation = {
  operationId: 'health',
  summary: 'Whether the app could start.',
  responses: { 200: { description: 'It could.' }, 503: refusal('SettingsRefused.') },
};
const getPlan: Operation = {
  operationId: 'getPlan',
  summary: 'The plan beside what Azure holds: selected, skipped and why, orphans.',
  responses: {
    200: { description: 'The plan resolved.', content: json(reference('Plan')) },
    503: refusal('AccessNotConfigured, or Azure cannot be read now.'),
  },
};
const csv: JsonObject = { 'text/csv': { schema: { type: 'string' } } };
const getCoverage: Operation = {
  operationId: 'getCoverage',
  summary: 'One row per resource, worst and oldest first, as the estate was last read; also as text/csv.',
  parameters: queryParameters(coverageQuerySchema),
  responses: {
    200: { description: 'One page.', content: { ...json(reference('CoveragePage')), ...csv } },
    ...refusals,
  },
};
const getCoverageResource: Operation = {
  operationId: 'getCoverageResource',
  summary: 'One resource and the changes of its state.',
  parameters: queryParameters(resourceQuerySchema).map((one) => ({ ...one, required: true })),
  responses: {
    200: { description: 'The resource.', content: json(reference('CoverageResource')) },
    ...refusals,
    404: refusal('ResourceNotSeen.'),
  },
};
const getCoverageHistory: Operation = {
  operationId: 'getCoverageHistory',
  summary: 'Counts of states by kind, day by day.',
  parameters: queryParameters(historyQuerySchema),
  responses: {
    200: { description: 'Days, oldest first.', content: json(reference('CoverageHistory')) },
    ...refusals,
  },
};
const getVaults: Operation = {
  operationId: 'getVaults',
  summary: 'Every vault: posture, items, jobs in flight, request budgets, daily limits used.',
  responses: {
    200: { description: 'Vaults.', content: json(reference('Vaults')) },
    503: refusal('AccessNotConfigured.'),
  },
};
const openapi: Operation = {
  operationId: 'openapi',
  summary: 'This description.',
  responses: { 200: { description: 'OpenAPI 3.1.' } },
};

const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/api/backups': { post: startBackup },
  '/api/plan': { get: getPlan },
  '/api/sweeps': {
    post: acceptsRun(
      'startSweep',
      'Protect what the plan selects and reality lacks; a dry run unless told otherwise.',
      sweepSchema,
    ),
  },
  '/api/protections': { post: acceptsRun('startProtection', 'Protect a resource.', protectionSchema) },
  '/api/protections/validate': {
    post: acceptsRun(
      'validateProtection',
      'Say what protecting would do, without a write.',
      protectionSchema,
    ),
  },
  '/api/protections/stop': { post: acceptsRun('stopProtection', 'Stop backups of an item.', stopSchema) },
  '/api/protections/resume': {
    post: acceptsRun('resumeProtection', 'Resume backups of an item.', resumeSchema),
  },
  '/api/coverage': { get: getCoverage },
  '/api/coverage/resource': { get: getCoverageResource },
  '/api/coverage/history': { get: getCoverageHistory },
  '/api/vaults': { get: getVaults },
  '/api/runs': { get: listRuns },
  '/api/runs/{id}': { get: getRun },
  '/api/runs/{id}/cancel': { post: cancelRun },
  '/api/runs/{id}/close': { post: closeRun },
  '/api/health': { get: health },
  '/api/openapi.json': { get: openapi },
};

const ofCallers: JsonObject = {
  401: refusal('AuthenticationFailed, InvalidAuthenticationToken.'),
  403: refusal('AuthorizationFailed: the role that is needed.'),
};

/** An operation with the role that its callers need; open without one. */
function secured(operation: Operation): JsonObject {
  const role = (requiredRoles as Readonly<Record<string, string>>)[operation.operationId];
  if (role === undefined) return { ...operation, security: [] } as unknown as JsonObject;
  const responses = { ...operation.responses, ...ofCallers };
  return { ...operation, responses, security: [{ entra: role === 'anyToken' ? [] : [role] }] } as never;
}

const securedPaths = (): JsonObject =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, secured(operation)])),
    ]),
  );

const entra: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'A token of Entra (version 2.0) for this app; the role is an app role.',
};

/** The API as OpenAPI 3.1, from the schemas that requests are checked with. */
export function describeApi(): JsonObject {
  const listed = recordSchema.omit({ steps: true, operation: true, failures: true, report: true });
  const page = z.object({ value: z.array(listed), nextLink: z.string().optional() });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Azure backup automation',
      version: '1',
      description:
        'Protects Azure resources and backs them up on demand; every request ends in a run record.',
    },
    paths: securedPaths(),
    components: {
      securitySchemes: { entra },
      schemas: {
        Run: schemaOf(recordSchema),
        RunPage: schemaOf(page),
        CoveragePage: schemaOf(coveragePageSchema),
        CoverageResource: schemaOf(coverageResourceSchema),
        CoverageHistory: schemaOf(coverageHistorySchema),
        Vaults: schemaOf(vaultsSchema),
        Plan: schemaOf(planAnswerSchema),
        Error: schemaOf(errorSchema),
      },
    },
  };
}
