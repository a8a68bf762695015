import * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import { coverageQuerySchema, resourceQuerySchema, wholeNumber } from '../coverage/schema.ts';
import { readPage } from '../coverage/readCoverage.ts';
import { listQuerySchema, listRuns, type RunPaging } from '../runs/listRuns.ts';
import { backupSchema } from '../runs/request.ts';
import type { RunFilter } from '../runs/runIndex.ts';
import { backupRequest, checkRule, keepTargets } from './backupRequest.ts';
import { checkedPart, keyGrammar, keyWords, longestWaitSeconds } from './body.ts';
import type { SchemaName } from './apiSchemas.ts';
import { apiDescription } from './description.ts';
import type { Tool } from './mcp.ts';
import { planAnswer, shortPlan } from './planAnswer.ts';
import { readArguments } from './query.ts';
import { existingRecord, resourceAnswer, runIdOf, waitArgument } from './runAnswer.ts';
import { acceptRequest } from './runRequest.ts';

const ofKept: Tool['annotations'] = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Entries of an answer unless `top` says otherwise: an assistant reads them all. */
const usualEntries = 20;

const objectOf = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
});

const count = (most: number, words: string): JsonObject => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  description: `${words}; ${usualEntries} unless given.`,
});

const wait: JsonObject = {
  type: 'integer',
  minimum: 0,
  maximum: longestWaitSeconds,
  description: 'Seconds that the answer is held for the end of the run; many clients give up after 60.',
};

const runId: JsonObject = { type: 'string', pattern: '^[0-9a-f]{40}$', description: 'Id of the run.' };

/** The parameters of a GET as arguments; `top` is a number here. */
function argumentsOf(path: string, most: number): JsonObject {
  const parameters = apiDescription().paths[path]?.['get']?.parameters ?? [];
  const described = parameters.map(
    ({ name, description: words, schema }) =>
      [
        name,
        name === 'top'
          ? count(most, words.replace(/\.$/, ''))
          : { ...schema, description: words.replace('taken from its nextLink', 'its continuation') },
      ] as const,
  );
  const required = parameters.filter((one) => one.required).map(({ name }) => name);
  return objectOf(Object.fromEntries(described), required);
}

const isSchemaMap = (name: string): boolean => name === 'properties' || name === '$defs';

/** A schema without its words: what comes out of five tools would fill an assistant's head otherwise. */
function bare(schema: Json): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { description: _description, examples: _examples, ...rest } = schema as JsonObject;
  const kept = Object.entries(rest).map(([name, member]) => [
    name,
    isSchemaMap(name) ? bareMembers(member as JsonObject) : bare(member ?? null),
  ]);
  return Object.fromEntries(kept) as JsonObject;
}

const bareMembers = (schemas: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema ?? null)]));

/** Named schemas that a text of schemas refers to, and those refer to. */
function referredIn(text: string, found: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
  return names
    .filter((name) => !found.has(name))
    .reduce(
      (all, name) =>
        referredIn(JSON.stringify(apiDescription().components.schemas[name]), new Set([...all, name])),
      found,
    );
}

/** A schema that stands alone: what it refers to is inside it. */
function alone(schema: JsonObject): JsonObject {
  const names = [...referredIn(JSON.stringify(schema))];
  const definitions = names.map((name) => [name, apiDescription().components.schemas[name]] as const);
  const whole = names.length === 0 ? schema : { ...schema, $defs: Object.fromEntries(definitions) };
  return JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')) as JsonObject;
}

const outputOf = (name: SchemaName) => (): JsonObject =>
  bare(alone(apiDescription().components.schemas[name] ?? {})) as JsonObject;

/** A page as a tool gives it: the next one is asked for by its `continuation`. */
const pageOf = (value: readonly object[], continuation: string | undefined): object => ({
  value,
  ...(continuation === undefined ? {} : { continuation }),
});

const coverage: Tool = {
  name: 'coverage',
  title: 'What is backed up, and what is not',
  description:
    'Rows of resources, worst and oldest first, with the state of their backups (ok, late, down, failing, neverBackedUp, notProtected …), when that began, why, and what to do; beside them counts of all states, when the estate was read, and whether that read was complete. Where it was not, "ok" is not proven. Give the continuation of one page to have the next.',
  role: 'Backups.Read',
  annotations: ofKept,
  inputSchema: () => argumentsOf('/api/coverage', 1000),
  outputSchema: outputOf('CoveragePage'),
  call: async ({ services }, given) => {
    const { top = usualEntries, continuation, ...filter } = readArguments(given, coverageQuerySchema);
    const page = await readPage(services.tables.coverage, filter, { top, continuation });
    return { ...pageOf(page.value, page.continuation), summary: page.summary };
  },
};

const explainResource: Tool = {
  name: 'explain_resource',
  title: 'Why a resource is in its state',
  description:
    'One resource by its ARM id, as coverage names it: state, since when, the rule and the reason, vault, policy, last good recovery point, newest run, what the service said, what to do; and the changes of its state, newest first.',
  role: 'Backups.Read',
  annotations: ofKept,
  inputSchema: () => argumentsOf('/api/coverage/resource', 1),
  outputSchema: outputOf('CoverageResource'),
  call: (call, given) => resourceAnswer(call, readArguments(given, resourceQuerySchema).id),
};

const runs: Tool = {
  name: 'runs',
  title: 'Runs, newest first',
  description:
    'Backups and other requests with how they stand or ended, without their steps: "run" has those. Narrowed by status, kind, target or time. Give the continuation of one page to have the next.',
  role: 'Backups.Read',
  annotations: ofKept,
  inputSchema: () => argumentsOf('/api/runs', 100),
  outputSchema: outputOf('RunPage'),
  call: async ({ runs: services }, given) => {
    const { top = usualEntries, continuation, ...filter } = readArguments(given, listQuerySchema);
    const page = await listRuns(services, filter as RunFilter, { top, continuation } as RunPaging);
    return pageOf(page.runs, page.continuation);
  },
};

/** Asked for when a tool is called, as every schema. */
const runArguments = z.strictObject({ id: z.string(), wait: waitArgument });

const run: Tool = {
  name: 'run',
  title: 'One run',
  description:
    "The whole record of a run: status, steps, job, recovery point, and where it failed the service's code and words and what to do. With wait it is held until the run has ended.",
  role: 'Backups.Read',
  annotations: ofKept,
  inputSchema: () => objectOf({ id: runId, wait }, ['id']),
  outputSchema: outputOf('Run'),
  call: (call, given) => {
    const { id, wait: waitSeconds = 0 } = readArguments(given, runArguments);
    return existingRecord(call, runIdOf(id), waitSeconds);
  },
};

const planArguments = z.strictObject({
  rule: z.string().min(1).max(80).optional(),
  top: wholeNumber(1, 1000).optional(),
});

const planDryRun: Tool = {
  name: 'plan_dry_run',
  title: 'What the plan would do now',
  description:
    'Reads the plan beside what Azure holds at this moment and changes nothing: per rule how many resources it selects that lack protection (missing: a sweep would protect them), are protected otherwise than asked (drift) or are protected; what is skipped and why, not eligible, protected outside the plan, orphaned; problems of the plan; when schedules fall due next. Lists have their count and the first entries.',
  role: 'Backups.Read',
  annotations: { ...ofKept, openWorldHint: true },
  inputSchema: () =>
    objectOf({
      rule: { type: 'string', minLength: 1, maxLength: 80, description: 'This rule of the plan only.' },
      top: count(1000, 'Entries of each list'),
    }),
  call: async ({ services }, given) => {
    const { rule, top = usualEntries } = readArguments(given, planArguments);
    return shortPlan(await planAnswer(services), rule, top);
  },
};

const backupArguments = backupSchema.safeExtend({
  key: z.string().regex(keyGrammar, keyWords),
  wait: waitArgument,
});

function backupInput(): JsonObject {
  const {
    examples: _examples,
    properties,
    ...body
  } = apiDescription().components.schemas['BackupRequest'] ?? {};
  const key: JsonObject = {
    type: 'string',
    pattern: keyGrammar.source,
    description:
      'Names this request: the same key gives the same run, never a second backup. Make one for each backup that a person asks for, and give it again whenever no answer came.',
  };
  return alone({ ...body, properties: { ...(properties as JsonObject), key, wait }, required: ['key'] });
}

const backUpNow: Tool = {
  name: 'back_up_now',
  title: 'Back something up now',
  description:
    'Makes a backup in Azure of what is named: exactly one of target, targets and rule. It adds recovery points, which cost money for as long as they are kept, and takes nothing away. With dryRun one target is looked at and nothing is sent. Gives the record of the run; "run" tells how it went on.',
  role: 'Backups.Run',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  inputSchema: backupInput,
  call: (call, given) => {
    const asNamed = typeof given['wait'] === 'number' ? { ...given, wait: String(given['wait']) } : given;
    const { key, wait: waitSeconds = 0, ...body } = checkedPart(asNamed, backupArguments, 'arguments');
    return acceptRequest(
      call,
      { body, key, waitSeconds },
      { requestOf: backupRequest, before: keepTargets, check: checkRule },
    );
  },
};

/** What an assistant may do, reads first. */
export const tools: readonly Tool[] = [coverage, explainResource, runs, run, planDryRun, backUpNow];
