import type * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import { coverageQuerySchema, historyQuerySchema, resourceQuerySchema } from '../coverage/schema.ts';
import { itemQuerySchema } from '../batches/itemPage.ts';
import { listQuerySchema } from '../runs/listRuns.ts';
import { describeSchemas, parameterSchema, type SchemaName } from './apiSchemas.ts';
import { bodyExamples, fieldWords, operationWords, tagWords } from './apiWords.ts';
import { requiredRoles } from './access.ts';
import { idempotencyHeader, largestBodyBytes, longestWaitSeconds } from './body.ts';

const reference = (name: SchemaName): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** A body; its example is the schema's own. */
const json = (name: SchemaName): JsonObject => ({ 'application/json': { schema: reference(name) } });

const refusal = (description: string): JsonObject => ({ description, content: json('Error') });
const header = (description: string, example: string): JsonObject => ({
  description,
  schema: { type: 'string', examples: [example] },
});

const runStatus = { 'x-run-status': header('How the run stands: its status.', 'completed') };

const accepted: JsonObject = {
  description: 'The run goes on.',
  headers: {
    ...runStatus,
    'Operation-Location': header(
      'Path of the run record.',
      '/api/runs/3f9a1c0d5e7b2a4680c1d3e5f7091b2d4c6e8f01',
    ),
    'Retry-After': header('Seconds until another look is worth it.', '10'),
  },
  content: json('Run'),
};
const record: JsonObject = { description: 'The run record.', headers: runStatus, content: json('Run') };
const refusals = { 400: refusal('Every problem with its path.'), 503: refusal('AccessNotConfigured.') };
const noSuchRun = { 404: refusal('RunNotFound.') };

const parameter = (
  place: 'query' | 'header' | 'path',
  name: string,
  schema: JsonObject,
  words: string = name,
): JsonObject => {
  const { description = '', example } = fieldWords[words] ?? {};
  const examples = example === undefined ? {} : { examples: [example] };
  return { name, in: place, required: place === 'path', description, schema: { ...schema, ...examples } };
};
const wait = parameter('query', 'wait', { type: 'integer', minimum: 0, maximum: longestWaitSeconds });
const key = parameter('header', idempotencyHeader, { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' });
const id = parameter('path', 'id', { type: 'string', pattern: '^[0-9a-f]{40}$' }, 'getRun.id');

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  /** Asked when the API is described: a start of the app builds no schema. */
  readonly query?: () => z.ZodObject;
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: JsonObject;
}

const bodyOf = (schema: SchemaName): JsonObject => ({
  required: true,
  description: `At most ${largestBodyBytes} bytes; unknown fields are refused.`,
  content: { 'application/json': { schema: reference(schema), example: bodyExamples[schema] ?? {} } },
});

const acceptsRun = (operationId: string, summary: string, schema: SchemaName): Operation => ({
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
  'BackupRequest',
);

const queryParameters = (operation: string, { shape }: z.ZodObject): readonly JsonObject[] =>
  Object.entries(shape).map(([name, schema]) => {
    const { description = '', ...rest } = parameterSchema(schema as z.ZodType, operation, name);
    return { name, in: 'query', required: !(schema as z.ZodType).isOptional(), description, schema: rest };
  });

const listRuns: Operation = {
  operationId: 'listRuns',
  summary: 'Runs, newest first.',
  query: () => listQuerySchema,
  responses: { 200: { description: 'One page.', content: json('RunPage') }, ...refusals },
};
const getRun: Operation = {
  operationId: 'getRun',
  summary: 'The run record; with wait the answer is held until the run has ended.',
  parameters: [id, wait],
  responses: { 200: record, 202: accepted, ...refusals, ...noSuchRun },
};
const listItems: Operation = {
  operationId: 'listItems',
  summary: 'The items of a batch or sweep, also what a dry run would do.',
  query: () => itemQuerySchema,
  parameters: [id],
  responses: { 200: { description: 'One page.', content: json('ItemPage') }, ...refusals, ...noSuchRun },
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
  requestBody: bodyOf('CloseRequest'),
  responses: { 200: record, ...refusals, ...noSuchRun, 409: refusal('RunNotUnknown.') },
};
const health: Operation = {
  operationId: 'health',
  summary: 'How the app stands: storage, queues, timers, plan, keys, Azure.',
  responses: {
    200: { description: 'It runs, healthy or degraded.', content: json('Health') },
    503: refusal('SettingsRefused.'),
  },
};
const getPlan: Operation = {
  operationId: 'getPlan',
  summary: 'The plan beside what Azure holds: selected, skipped and why, orphans.',
  responses: {
    200: { description: 'The plan resolved.', content: json('Plan') },
    503: refusal('AccessNotConfigured, or Azure cannot be read now.'),
  },
};
const csvExample = 'kind,name,state\nfileShare,invoices,ok\n';
const csv: JsonObject = { 'text/csv': { schema: { type: 'string' }, example: csvExample } };
const getCoverage: Operation = {
  operationId: 'getCoverage',
  summary: 'One row per resource, worst and oldest first, as the estate was last read; also as text/csv.',
  query: () => coverageQuerySchema,
  responses: {
    200: { description: 'One page.', content: { ...json('CoveragePage'), ...csv } },
    ...refusals,
  },
};
const getCoverageResource: Operation = {
  operationId: 'getCoverageResource',
  summary: 'One resource and the changes of its state.',
  query: () => resourceQuerySchema,
  responses: {
    200: { description: 'The resource.', content: json('CoverageResource') },
    ...refusals,
    404: refusal('ResourceNotSeen.'),
  },
};
const getCoverageHistory: Operation = {
  operationId: 'getCoverageHistory',
  summary: 'Counts of states by kind, day by day.',
  query: () => historyQuerySchema,
  responses: {
    200: { description: 'Days, oldest first.', content: json('CoverageHistory') },
    ...refusals,
  },
};
const getVaults: Operation = {
  operationId: 'getVaults',
  summary: 'Every vault: posture, items, jobs in flight, request budgets, daily limits used.',
  responses: {
    200: { description: 'Vaults.', content: json('Vaults') },
    503: refusal('AccessNotConfigured.'),
  },
};
const mcp: Operation = {
  operationId: 'mcp',
  summary: 'One message of an assistant.',
  requestBody: {
    required: true,
    description: `One message, at most ${largestBodyBytes} bytes.`,
    content: {
      'application/json': { schema: reference('McpMessage'), example: bodyExamples['McpMessage'] ?? {} },
    },
  },
  responses: {
    200: { description: 'The answer.', content: json('McpMessage') },
    202: { description: 'A notification was taken.' },
    400: refusal('No JSON, a list of messages, or a version that is not spoken.'),
    406: { description: 'The caller takes no JSON.', content: json('McpMessage') },
    413: refusal('BodyTooLarge.'),
    415: { description: 'The body is not called JSON.', content: json('McpMessage') },
    503: refusal('AccessNotConfigured.'),
  },
};
const openapi: Operation = {
  operationId: 'openapi',
  summary: 'This description.',
  responses: {
    200: {
      description: 'OpenAPI 3.1.',
      content: { 'application/json': { schema: { type: 'object' }, example: { openapi: '3.1.0' } } },
    },
    503: refusal('AccessNotConfigured.'),
  },
};

const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/api/backups': { post: startBackup },
  '/api/plan': { get: getPlan },
  '/api/sweeps': {
    post: acceptsRun(
      'startSweep',
      'Protect what the plan selects and reality lacks; a dry run unless told otherwise.',
      'SweepRequest',
    ),
  },
  '/api/drills': {
    post: acceptsRun(
      'startDrill',
      'Restore something aside, check it, delete it: a drill of the plan, or one target.',
      'DrillRequest',
    ),
  },
  '/api/protections': { post: acceptsRun('startProtection', 'Protect a resource.', 'ProtectionRequest') },
  '/api/protections/validate': {
    post: acceptsRun(
      'validateProtection',
      'Say what protecting would do, without a write.',
      'ProtectionRequest',
    ),
  },
  '/api/protections/stop': { post: acceptsRun('stopProtection', 'Stop backups of an item.', 'StopRequest') },
  '/api/protections/resume': {
    post: acceptsRun('resumeProtection', 'Resume backups of an item.', 'ResumeRequest'),
  },
  '/api/coverage': { get: getCoverage },
  '/api/coverage/resource': { get: getCoverageResource },
  '/api/coverage/history': { get: getCoverageHistory },
  '/api/vaults': { get: getVaults },
  '/api/runs': { get: listRuns },
  '/api/runs/{id}': { get: getRun },
  '/api/runs/{id}/items': { get: listItems },
  '/api/runs/{id}/cancel': { post: cancelRun },
  '/api/runs/{id}/close': { post: closeRun },
  '/api/health': { get: health },
  '/api/mcp': { post: mcp },
  '/api/openapi.json': { get: openapi },
};

const ofCallers: JsonObject = {
  401: refusal('AuthenticationFailed, InvalidAuthenticationToken.'),
  403: refusal('AuthorizationFailed: the role that is needed.'),
};

/** Who may call an operation: one role, any valid token, or everybody. */
function securityOf({ operationId, responses }: Operation): JsonObject {
  const role = (requiredRoles as Readonly<Record<string, string>>)[operationId];
  if (role === undefined) return { responses, security: [] };
  const roles = role === 'anyToken' ? [] : [role];
  return { responses: { ...responses, ...ofCallers }, security: [{ entra: roles }] };
}

/** An operation with its tag, its long description, its query and who may call it. */
function described({ query, ...operation }: Operation): JsonObject {
  const { tag = '', description = '' } = operationWords[operation.operationId] ?? {};
  const parameters = query
    ? { parameters: [...queryParameters(operation.operationId, query()), ...(operation.parameters ?? [])] }
    : {};
  const words = { tags: [tag], description };
  return { ...operation, ...parameters, ...words, ...securityOf(operation) } as unknown as JsonObject;
}

const describedPaths = (): JsonObject =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, one]) => [method, described(one)])),
    ]),
  );

const entra: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'A token of Entra (version 2.0) for this app; the role is an app role. In development mode none is needed.',
};

/** The API as OpenAPI 3.1, from the schemas that requests are checked with. */
export function describeApi(): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Azure backup automation',
      version: '1',
      description:
        'Protects Azure resources and backs them up on demand; every request ends in a run record.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The app that serves this description.' }],
    tags: Object.entries(tagWords).map(([name, description]) => ({ name, description })),
    paths: describedPaths(),
    components: { securitySchemes: { entra }, schemas: describeSchemas() },
  };
}
