import * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import {
  coverageHistorySchema,
  coveragePageSchema,
  coverageResourceSchema,
  vaultsSchema,
} from '../coverage/schema.ts';
import { itemPageSchema } from '../batches/itemPage.ts';
import { planAnswerSchema } from '../estate/planAnswer.ts';
import { recordSchema } from '../runs/recordSchema.ts';
import {
  backupSchema,
  closeSchema,
  protectionSchema,
  resumeSchema,
  stopSchema,
  sweepSchema,
  targetSchema,
  drillSchema,
} from '../runs/request.ts';
import { bodyExamples, fieldWords, schemaWords } from './apiWords.ts';

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

const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded']),
  reasons: z.array(z.string()).optional(),
  storage: z.object({ reachable: z.boolean() }).optional(),
  queues: z.object({ steps: z.number().int(), poison: z.number().int() }).optional(),
  timers: z
    .array(z.object({ name: z.string(), lastTickAt: z.iso.datetime().optional(), isLate: z.boolean() }))
    .optional(),
  plan: z
    .object({
      standing: z.enum(['current', 'lastGood', 'empty', 'unreachable']),
      since: z.iso.datetime().optional(),
      problems: z.number().int(),
      fault: z.string().optional(),
    })
    .optional(),
  signingKeys: z.object({ readAt: z.iso.datetime().optional(), failure: z.string().optional() }).optional(),
  arm: z.object({ at: z.iso.datetime(), reachable: z.boolean(), reason: z.string().optional() }).optional(),
});

const runPageSchema = z.object({
  value: z.array(
    recordSchema.omit({
      steps: true,
      operation: true,
      failures: true,
      report: true,
      wouldDo: true,
      nextLink: true,
    }),
  ),
  nextLink: z.string().optional(),
});

/** A message of the Model Context Protocol, or its answer: JSON-RPC 2.0. */
const mcpMessageSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.int(), message: z.string() }).optional(),
});

/** Every named schema of the API; a schema that two others hold is named here, and both refer to it. */
const named = {
  Target: targetSchema,
  BackupRequest: backupSchema,
  ProtectionRequest: protectionSchema,
  StopRequest: stopSchema,
  ResumeRequest: resumeSchema,
  CloseRequest: closeSchema,
  SweepRequest: sweepSchema,
  DrillRequest: drillSchema,
  Run: recordSchema,
  RunPage: runPageSchema,
  ItemPage: itemPageSchema,
  Plan: planAnswerSchema,
  CoveragePage: coveragePageSchema,
  CoverageResource: coverageResourceSchema,
  CoverageHistory: coverageHistorySchema,
  Vaults: vaultsSchema,
  Health: healthSchema,
  McpMessage: mcpMessageSchema,
  Error: errorSchema,
} satisfies Record<string, z.ZodType>;

/** Names of the API's schemas. */
export type SchemaName = keyof typeof named;

const objectIn = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** The words of a field: by its whole path, else with its parent, else by its name. */
function wordsOf(path: readonly string[]) {
  const keys = [path.join('.'), path.slice(-2).join('.'), path.at(-1) ?? ''];
  const found = keys.flatMap((key) => fieldWords[key] ?? []);
  return {
    description: found.find((words) => words.description !== undefined)?.description,
    example: found.find((words) => words.example !== undefined)?.example,
  };
}

const formatExamples: Readonly<Record<string, Json>> = {
  'date-time': '2026-11-21T02:00:00.000Z',
  date: '2026-11-21',
};

/** The one value, or the first of the fixed values. */
const fixedValue = ({ const: only, enum: several, format }: JsonObject): Json | undefined =>
  only ?? listIn(several)[0] ?? (typeof format === 'string' ? formatExamples[format] : undefined);

/** A value that fits: as given, else as the schema gives it away; undefined where only words could tell. */
function exampleOf(schema: JsonObject): Json | undefined {
  const given = listIn(schema['examples'])[0] ?? fixedValue(schema);
  if (given !== undefined) return given;
  const referred = /[^/]+$/.exec(String(schema['$ref'] ?? ''))?.[0];
  if (referred !== undefined) return bodyExamples[referred];
  const [variant] = [...listIn(schema['anyOf']), ...listIn(schema['oneOf'])];
  if (variant !== undefined) return exampleOf(objectIn(variant) ?? {});
  if (schema['type'] === 'boolean') return true;
  if (schema['type'] === 'integer') return 1;
  return schema['type'] === 'array' ? exampleOfList(schema) : exampleOfObject(schema);
}

function exampleOfList({ items }: JsonObject): Json | undefined {
  const item = exampleOf(objectIn(items) ?? {});
  return item === undefined ? undefined : [item];
}

function exampleOfObject({
  type,
  properties,
  propertyNames,
  additionalProperties,
}: JsonObject): Json | undefined {
  if (type !== 'object') return undefined;
  const key = listIn(objectIn(propertyNames)?.['enum'])[0];
  const value = typeof key === 'string' ? exampleOf(objectIn(additionalProperties) ?? {}) : undefined;
  if (value !== undefined) return { [String(key)]: value };
  const fields = Object.entries(objectIn(properties) ?? {}).flatMap(([name, field]) => {
    const example = exampleOf(objectIn(field) ?? {});
    return example === undefined ? [] : [[name, example] as const];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** What is made of fields that carry examples themselves. */
const isComposed = (schema: JsonObject): boolean =>
  schema['properties'] !== undefined ||
  (objectIn(schema['items'])?.['properties'] ?? objectIn(schema['items'])?.['$ref']) !== undefined;

/** Gives one field, and every field below it, its description and an example. */
function withWords(schema: JsonObject, path: readonly string[]): JsonObject {
  const words = wordsOf(path);
  const inner = withinWords(schema, path);
  if (inner['$ref'] !== undefined)
    return { ...inner, ...(words.description === undefined ? {} : { description: words.description }) };
  const isKeyed = objectIn(inner['propertyNames'])?.['enum'] !== undefined;
  const told = isComposed(inner) ? undefined : (words.example ?? exampleOf(inner));
  const example = fixedValue(inner) ?? (isKeyed ? exampleOf(inner) : told);
  return {
    ...inner,
    ...(words.description === undefined ? {} : { description: words.description }),
    ...(inner['description'] === undefined ? {} : { description: inner['description'] }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

/** Everything below a schema, described. Items of lists and variants stand at the path of what holds them. */
function withinWords(schema: JsonObject, path: readonly string[]): JsonObject {
  const properties = objectIn(schema['properties']);
  const items = objectIn(schema['items']);
  const variants = (['anyOf', 'oneOf'] as const).flatMap((key) =>
    schema[key] === undefined
      ? []
      : [[key, listIn(schema[key]).map((one) => withinWords(objectIn(one) ?? {}, path))] as const],
  );
  // Keys that the schema fixes need not all be there in what a client reads.
  const { required, ...rest } = schema;
  return {
    ...rest,
    ...(required === undefined || schema['propertyNames'] !== undefined ? {} : { required }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [
          name,
          withWords(objectIn(field) ?? {}, [...path, name]),
        ]),
      ),
    }),
    ...(items && { items: withinWords(items, path) }),
    ...Object.fromEntries(variants),
  };
}

/** The schema of one query parameter, described by `operation.name`. */
export const parameterSchema = (schema: z.ZodType, operation: string, name: string): JsonObject => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
  return withWords(rest, [operation, name]);
};

/** The named schemas as OpenAPI 3.1 has them: each field with a description and an example. */
export function describeSchemas(): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  }) as unknown as { readonly schemas: Readonly<Record<string, JsonObject>> };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => {
      const described = withinWords(schema, [name]);
      const examples = [bodyExamples[name] ?? exampleOf(described) ?? {}];
      return [name, { ...described, description: schemaWords[name] ?? '', examples }];
    }),
  );
}
