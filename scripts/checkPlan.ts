// `npm run plan -- FILE`: checks a plan without running the app, and prints every problem with its place.
import { readFileSync } from 'node:fs';
import { readPlan } from '../src/plan/problems.ts';

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error('usage: npm run plan -- FILE');
  process.exit(2);
}
const reading = readPlan(readJson(file));
const problems = reading.kind === 'broken' ? reading.problems : reading.warnings;
for (const { severity, path, message } of problems) console.log(`${severity}: ${path}: ${message}`);
if (reading.kind === 'plan')
  console.log(
    `${file}: ${reading.plan.rules.length} rules, ${reading.plan.schedules.length} schedules, ${problems.length} warnings`,
  );
process.exitCode = reading.kind === 'broken' ? 1 : 0;
