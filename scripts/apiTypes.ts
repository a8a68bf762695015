import { compile, type JSONSchema } from 'json-schema-to-typescript';
import prettier from 'prettier';
import type { JsonObject } from '../src/arm/call.ts';

const head = '// Made from the description of the API by `npm run generate`.';

/** References inside the description as references inside one schema. */
const asOneSchema = (schemas: unknown): JSONSchema['definitions'] =>
  JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/definitions/'));

/** `ui/apiTypes.ts`: the types of everything that the API answers, from its OpenAPI description. */
export async function apiTypes(description: JsonObject): Promise<string> {
  const definitions = asOneSchema((description['components'] as JsonObject)['schemas']);
  const names = Object.keys(definitions ?? {});
  const all: JSONSchema = {
    title: 'Answers',
    type: 'object',
    additionalProperties: false,
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/${name}` }])),
    ...(definitions ? { definitions } : {}),
  };
  const text = await compile(all, 'Answers', {
    additionalProperties: false,
    bannerComment: head,
    ignoreMinAndMaxItems: true,
    format: false,
  });
  const style = await prettier.resolveConfig('ui/apiTypes.ts');
  return prettier.format(text, { ...style, parser: 'typescript' });
}
