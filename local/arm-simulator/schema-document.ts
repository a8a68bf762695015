import { z } from 'zod';
import { faultTableSchema } from './faults.ts';
import { createSimulator } from './simulator.ts';
import { worldSchema } from './world.ts';

/** JSON schema (draft 2020-12) of a world file. */
const worldJsonSchema = (): unknown => z.toJSONSchema(worldSchema, { io: 'input' });

/** JSON schema (draft 2020-12) of a faults file. */
const faultsJsonSchema = (): unknown => z.toJSONSchema(faultTableSchema, { io: 'input' });

const start = '<!-- generated: schemas -->';
const end = '<!-- /generated -->';

/** Replaces what stands between the document's two marks by the current route names and schemas. @throws when a mark is missing. */
export function withCurrentSchemas(document: string): string {
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/simulator.md has lost its generated section');
  return `${document.slice(0, from + start.length)}\n\n${sections()}\n${document.slice(to)}`;
}

const sections = (): string =>
  `### Routes\n\n${routeTable()}\n\n### World file\n\n${fenced(worldJsonSchema())}\n\n### Faults file\n\n${fenced(faultsJsonSchema())}\n`;

const fenced = (schema: unknown): string => `\`\`\`json\n${JSON.stringify(schema, null, 1)}\n\`\`\``;

function routeTable(): string {
  const rows = createSimulator().routes.map(
    ({ name, method, path }) => `| \`${name}\` | ${method} | \`${path}\` |`,
  );
  return ['| name | method | path |', '|---|---|---|', ...rows].join('\n');
}
