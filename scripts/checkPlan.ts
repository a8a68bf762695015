// `npm run plan -- FILE [--diff OTHER]`: checks a plan without running the app, and says what another one would change.
import { jsonFrom, onlyWord, orExit, readWords, Refused } from '../local/commandLine.ts';
import { readPlan } from '../src/plan/problems.ts';
import type { Plan } from '../src/plan/schema.ts';
import { planDifferences } from './planDifferences.ts';

function readJson(file: string): unknown {
  try {
    return jsonFrom(file);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
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

const { file, other } = orExit('npm run plan -- FILE [--diff OTHER]', () => {
  const { values, positionals } = readWords({ diff: { type: 'string' } });
  return { file: onlyWord('FILE', positionals), other: values.diff };
});
const before = check(file);
const after = other === undefined ? undefined : check(other);
if (before && after) {
  const lines = planDifferences(before, after);
  console.log(lines.length === 0 ? 'Both plans mean the same.' : `From ${file} to ${other}:`);
  for (const line of lines) console.log(`  ${line}`);
}
