// `npm run generate`: writes every generated file from the code; `--check` fails when one is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { orExit, readOptions } from '../local/commandLine.ts';
import { describeApi } from '../src/http/openapi.ts';
import { planSchema } from '../src/plan/schema.ts';
import { apiTypes } from './apiTypes.ts';
import { customRoles } from './infra/roles.ts';
import { planPage } from './planPage.ts';
import { outcomesPage } from './outcomesPage.ts';

/** What each generated file is made from: a text as it is, anything else as JSON. Paths from the root of the repository. */
const generated: Readonly<Record<string, () => unknown>> = {
  'docs/openapi.json': describeApi,
  'docs/outcomes.md': outcomesPage,
  'docs/plan.md': planPage,
  'ui/apiTypes.ts': () => apiTypes(describeApi()),
  'infra/roles.json': customRoles,
  'plan/plan.schema.json': () => z.toJSONSchema(planSchema, { io: 'input' }),
};

const placeOf = (path: string): URL => new URL(`../${path}`, import.meta.url);

function readText(path: string): string | undefined {
  try {
    return readFileSync(placeOf(path), 'utf8');
  } catch {
    return undefined;
  }
}

const textOf = (made: unknown): string =>
  typeof made === 'string' ? made : `${JSON.stringify(made, null, 2)}\n`;

const { check } = orExit('npm run generate -- [--check]', () => readOptions({ check: { type: 'boolean' } }));
for (const [path, make] of Object.entries(generated)) {
  const current = textOf(await make());
  if (!check) writeFileSync(placeOf(path), current);
  else if (readText(path) !== current) {
    console.error(`${path} is not current: npm run generate`);
    process.exitCode = 1;
  }
}
