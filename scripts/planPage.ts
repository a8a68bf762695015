import * as z from 'zod';
import { fieldWords } from '../src/http/apiWords.ts';
import { planSchema } from '../src/plan/schema.ts';

interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
}

interface Field {
  readonly path: string;
  readonly name: string;
  readonly shape: Shape;
  readonly isNeeded: boolean;
}

const matchOfRules = 'rules[].match';

/** Every field below a shape, depth first; conditions are described once, under the rules. */
function fieldsIn(shape: Shape, at: string): Field[] {
  if ((at.endsWith('match') && at !== matchOfRules) || /\.exclude\b/.test(at)) return [];
  const own = Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const isNeeded = shape.required?.includes(name) ?? false;
    return [{ path, name, shape: inner, isNeeded }, ...fieldsIn(inner, path)];
  });
  const below = [
    ...(shape.anyOf ?? []).flatMap((variant) => fieldsIn(variant, at)),
    ...(shape.items ? fieldsIn(shape.items, `${at}[]`) : []),
    ...(typeof shape.additionalProperties === 'object'
      ? fieldsIn(shape.additionalProperties, `${at}.*`)
      : []),
  ];
  return [...own, ...below];
}

const code = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;

const keysOf = ({ path, name }: Field): readonly string[] => [
  path.replaceAll('[]', '').split('.').slice(-2).join('.'),
  name,
];

/** What a field means: the schema's word, else that of the API's description, which shows plans too. */
const wordsOf = (field: Field): string =>
  field.shape.description ?? keysOf(field).flatMap((key) => fieldWords[key]?.description ?? [])[0] ?? '';

function meaning(field: Field): string {
  const { path, shape } = field;
  const words = wordsOf(field).replaceAll('|', '\\|').replaceAll('*', '\\*');
  const values = shape.enum ?? shape.items?.enum;
  const among = values ? ` One of ${values.map(code).join(', ')}.` : '';
  return path.endsWith('match') && path !== matchOfRules
    ? `${words} As ${code(matchOfRules)}.`
    : words + among;
}

const firstValue = (shape: Shape): unknown =>
  shape.examples?.[0] ?? shape.const ?? shape.enum?.[0] ?? (shape.type === 'boolean' ? true : undefined);

/** An example of the field itself; fields that are made of others show theirs. */
function example(field: Field): string {
  const { shape } = field;
  const known = keysOf(field).flatMap((key) => fieldWords[key]?.example ?? []);
  const found = firstValue(shape) ?? known[0] ?? (shape.items && firstValue(shape.items));
  if (found === undefined || (shape.properties && known.length === 0)) return '';
  return code(shape.type === 'array' && !Array.isArray(found) ? [found] : found);
}

const standard = ({ shape, isNeeded }: Field): string =>
  shape.default !== undefined ? code(shape.default) : isNeeded ? 'needed' : '–';

function section(title: string, fields: readonly Field[]): string {
  const rows = fields.map(
    (field) => `| \`${field.path}\` | ${meaning(field)} | ${standard(field)} | ${example(field)} |`,
  );
  return [
    `## ${title}`,
    '',
    '| field | meaning | default | example |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const titles: Readonly<Record<string, string>> = {
  rules: 'Rules',
  schedules: 'Schedules',
  drills: 'Restore drills',
  notifications: 'Notifications',
  channels: 'Channels',
  safety: 'Safety',
};

/** `docs/plan.md`: every field of a plan, from the descriptions that editors show too. */
export function planPage(): string {
  const fields = fieldsIn(z.toJSONSchema(planSchema, { io: 'input' }) as Shape, '');
  const seen = new Set<string>();
  const once = fields.filter(({ path }) => !seen.has(path) && seen.add(path));
  const sections = Object.entries(titles).map(([list, title]) =>
    section(
      title,
      once.filter(({ path }) => path === list || path.startsWith(`${list}[`) || path.startsWith(`${list}.`)),
    ),
  );
  return [
    '# The plan, field by field',
    '',
    'Generated from the schema by `npm run generate`; editors show the same words when a plan begins with',
    '`"$schema": "./plan.schema.json"`. An example of a whole plan: [plan/sample.plan.json](../plan/sample.plan.json).',
    '`npm run plan -- FILE` checks a plan and tells every problem at once; `npm run plan -- FILE --diff OTHER` says what changes',
    'from `FILE` to `OTHER`. `[]` stands for each entry of a list, `*` for each name.',
    '',
    ...sections,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
