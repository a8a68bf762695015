// Runs every check and closes with `N passed, N failed[, N skipped]`, counted from the runners' own reports.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';

const report = '.local/test-report.json';
/** Of the page in a browser. */
const pageReport = '.local/ui-report.json';
let noCompiler = false;
const totals = { passed: 0, failed: 0, skipped: 0 };

/** Runs a command with its output shown; returns its exit code and everything it printed on standard output. */
function run(command, args) {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  process.stdout.write(done.stdout ?? '');
  return { code: done.status ?? 1, lines: (done.stdout ?? '').trimEnd().split('\n') };
}

/** Tests of infra that had no Bicep compiler: said by `check:infra`, which counts as skipped then. */
function withoutCompiler({ testResults }) {
  if (!noCompiler) return 0;
  const files = testResults.filter(({ name }) => name.includes('/test/infra/'));
  return files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed').length;
}

/** Infra by its compiler, fetched where there is none; nothing is known where that cannot be done. */
function infra() {
  const { code, lines } = run('npm', ['run', '--silent', 'check:infra']);
  const last = lines.at(-1) ?? '';
  noCompiler = last.startsWith('infra: skipped');
  totals[noCompiler ? 'skipped' : code === 0 ? 'passed' : 'failed'] += 1;
}

/** Adds what a runner's JSON report counts; returns whether it tells of a failure. */
function count(file) {
  const counted = JSON.parse(readFileSync(file, 'utf8'));
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
  const unrun = counted.numPendingTests + counted.numTodoTests - withoutCompiler(counted);
  if (unrun > 0) console.log(`${unrun} tests did not run: a skip is a failure here`);
  totals.failed += unrun;
  return counted.numFailedTests + unrun > 0;
}

/** The test command: counts come from the reports, and a stage that failed before them counts as one failure. */
function tests() {
  for (const file of [report, pageReport]) rmSync(file, { force: true });
  const { code, lines } = run('npm', ['test']);
  if (!existsSync(report)) {
    totals.failed += 1;
    return;
  }
  const failed = [report, pageReport].filter(existsSync).map(count).some(Boolean);
  if (lines.some((line) => line.startsWith('test:ui skipped'))) totals.skipped += 1;
  if (code !== 0 && !failed) totals.failed += 1;
}

/** A command that passes or fails as one. */
function one(command, args) {
  const { code } = run(command, args);
  totals[code === 0 ? 'passed' : 'failed'] += 1;
}

/** A check against recordings beside the repository; its last line names what it counted. */
function recorded(name, folder, passedOf) {
  if (!existsSync(folder)) {
    console.log(`\n${folder} is not here: ${name} skipped`);
    totals.skipped += 1;
    return;
  }
  const { code, lines } = run('npm', ['run', '--silent', name, '--', folder]);
  const count = passedOf(lines.at(-1) ?? '');
  totals.passed += count.passed;
  totals.failed += count.failed;
  if (code !== 0 && count.failed === 0) totals.failed += 1;
}

const numbers = (line) => [...line.matchAll(/\d+/g)].map((match) => Number(match[0]));

infra();
tests();
one('npm', ['run', '--silent', 'build']);
for (const folder of ['../shared/data/recorded', '../shared/data/recorded-more'])
  recorded('test:recorded', folder, (line) => {
    const [replies = 0, unclassified = 0, flows = 0, ended = 0, asFar = 0, notOurs = 0] = numbers(line);
    const otherwise = flows - ended - asFar - notOurs;
    return { passed: replies - unclassified + ended + asFar, failed: unclassified + otherwise };
  });
recorded('test:host', '../shared/data/host', (line) => {
  const [, equal = 0, tolerated = 0, different = 0] = numbers(line);
  return { passed: equal + tolerated, failed: different };
});

if (totals.passed === 0) totals.failed += 1;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed > 0 ? 1 : 0;
