import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/arm/call.ts';
import { fieldWords, operationWords } from '../../../src/http/apiWords.ts';
import { describeApi } from '../../../src/http/openapi.ts';

const api = describeApi() as unknown as {
  readonly paths: Record<string, Record<string, JsonObject & { readonly operationId: string }>>;
  readonly components: { readonly schemas: Record<string, JsonObject> };
};
const operations = Object.values(api.paths).flatMap((methods) => Object.values(methods));

interface Field {
  readonly path: string;
  readonly schema: JsonObject;
}

function fieldsOf(schema: JsonObject, path: string): Field[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>);
  const inner = [schema['items'], ...['anyOf', 'oneOf'].flatMap((key) => schema[key] ?? [])] as JsonObject[];
  return [
    ...properties.flatMap(([name, field]) => [
      { path: `${path}.${name}`, schema: field },
      ...fieldsOf(field, `${path}.${name}`),
    ]),
    ...inner.flatMap((one) => (one ? fieldsOf(one, path) : [])),
  ];
}

const fields = Object.entries(api.components.schemas).flatMap(([name, schema]) => fieldsOf(schema, name));
const parameters = operations.flatMap(({ operationId, parameters: list = [] }) =>
  (list as unknown as { name: string; description: string; schema: JsonObject }[]).map((one) => ({
    path: `${operationId}.${one.name}`,
    schema: { ...one.schema, description: one.description } as JsonObject,
  })),
);

// Health answers nothing between 200 and 503, whatever is asked.
const known = [
  'operation-4xx-response #/paths/~1api~1health/get/responses: Operation must have at least one `4XX` response.',
];

test('a public linter finds nothing to say under its recommended rules', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const source = JSON.stringify(api);
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  expect(
    problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`),
  ).toEqual(known);
});

test('every field and every parameter has a description', () => {
  const bare = [...fields, ...parameters].filter(
    ({ schema }) => schema['$ref'] === undefined && !schema['description'],
  );
  expect(bare.map(({ path }) => path)).toEqual([]);
});

const isComposed = ({ properties, items }: JsonObject): boolean =>
  properties !== undefined ||
  ((items as JsonObject | undefined)?.['properties'] ?? (items as JsonObject | undefined)?.['$ref']) !==
    undefined;

test('every field and every parameter has an example, itself or in the fields it is made of', () => {
  const bare = [...fields, ...parameters].filter(
    ({ schema }) => schema['$ref'] === undefined && schema['examples'] === undefined && !isComposed(schema),
  );
  expect(bare.map(({ path }) => path)).toEqual([]);
});

test('every example fits its schema', () => {
  const ajv = new Ajv2020({
    strict: false,
    formats: { starts_with: true, 'date-time': true, uri: true, date: true, uuid: true },
  });
  ajv.addSchema({ $id: 'api', components: api.components } as AnySchema);
  const absolute = (schema: JsonObject): AnySchema =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as AnySchema;
  const misfits = [
    ...fields,
    ...parameters,
    ...Object.entries(api.components.schemas).map(([path, schema]) => ({ path, schema })),
  ]
    .flatMap(({ path, schema }) =>
      ((schema['examples'] ?? []) as unknown[]).map((example) => ({ path, schema, example })),
    )
    .filter(({ schema, example }) => !ajv.validate(absolute(schema), example));
  expect(misfits.map(({ path, example }) => `${path}: ${JSON.stringify(example)}`)).toEqual([]);
});

test('every operation says what a caller should know, and every answer with a body shows one', () => {
  expect(Object.keys(operationWords).sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
  interface Body {
    readonly content: { readonly 'application/json': { readonly example?: unknown } };
  }
  const bodies = operations.flatMap(({ operationId, requestBody }) =>
    requestBody === undefined
      ? []
      : [[operationId, (requestBody as unknown as Body).content['application/json']] as const],
  );
  expect(bodies.filter(([, content]) => content.example === undefined).map(([name]) => name)).toEqual([]);
});

test('no words are left for a field that is gone', () => {
  const used = new Set(
    [...fields, ...parameters].flatMap(({ path }) => {
      const parts = path.split('.');
      return [path, parts.slice(-2).join('.'), parts.at(-1) ?? ''];
    }),
  );
  expect(Object.keys(fieldWords).filter((key) => !used.has(key))).toEqual([]);
});
