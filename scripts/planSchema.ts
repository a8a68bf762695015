// Writes plan/plan.schema.json from the Zod schema; `--check` fails when the file is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { planSchema } from '../src/plan/schema.ts';

const file = new URL('../plan/plan.schema.json', import.meta.url);
const current = `${JSON.stringify(z.toJSONSchema(planSchema, { io: 'input' }), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, current);
else if (readFileSync(file, 'utf8') !== current) {
  console.error('plan/plan.schema.json is not current: node scripts/planSchema.ts');
  process.exitCode = 1;
}
