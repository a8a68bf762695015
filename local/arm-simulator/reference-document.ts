import { z } from 'zod';
import { faultTableSchema } from './faults.ts';
import { createSimulator } from './simulator.ts';
import { worldSchema } from './world.ts';

/** The reference page: every route, and the JSON schemas (draft 2020-12) of a world file and of a faults file. */
export const referenceDocument = (): string =>
  [
    '# Reference of the simulator',
    'Written by `node local/arm-simulator/write-docs.ts`; a test fails when it is not current. How to use it: [simulator.md](simulator.md).',
    `## Routes\n\n${routeTable()}`,
    `## World file\n\n${fenced(worldSchema)}`,
    `## Faults file\n\n${fenced(faultTableSchema)}\n`,
  ].join('\n\n');

const fenced = (schema: z.ZodType): string =>
  `\`\`\`json\n${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 1)}\n\`\`\``;

function routeTable(): string {
  const rows = createSimulator().routes.map(
    ({ name, method, path }) => `| \`${name}\` | ${method} | \`${path}\` |`,
  );
  return ['| name | method | path |', '|---|---|---|', ...rows].join('\n');
}
