// `npm run plan -- FILE [--diff OTHER]`: checks a plan without running the app, and says what another one would change.
import { readFileSync } from 'node:fs';
import { readPlan } from '../src/plan/problems.ts';
import type { Plan } from '../src/plan/schema.ts';
import { planDifferences } from './planDifferences.ts';

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

/** Prints every problem with its place; undefined for a plan that cannot be used. */
function check(file: string): Plan | undefined {
  const reading = readPlan(readJson(file));
  const problems = reading.kind === 'broken' ? reading.problems : reading.warnings;
  for (const { severity, path, message } of problems) console.log(`${severity}: ${path}: ${message}`);
  if (reading.kind === 'broken') {
    process.exitCode = 1;
    return undefined;
  }
  const { rules, schedules } = reading.plan;
  console.log(`${file}: ${rules.length} rules, ${schedules.length} schedules, ${problems.length} warnings`);
  return reading.plan;
}

const [file, option, other] = process.argv.slice(2);
if (!file || (option !== undefined && (option !== '--diff' || !other))) {
  console.error('usage: npm run plan -- FILE [--diff OTHER]');
  process.exit(2);
}
const before = check(file);
const after = other === undefined ? undefined : check(other);
if (before && after) {
  const lines = planDifferences(before, after);
  console.log(lines.length === 0 ? 'Both plans mean the same.' : `From ${file} to ${other}:`);
  for (const line of lines) console.log(`  ${line}`);
}
