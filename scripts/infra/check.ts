// `npm run check:infra`: the real compiler lints, formats, builds and foretells infra; the rules of test/infra look at what it says.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { orExit, readOptions } from '../../local/commandLine.ts';
import { fetchCompiler, findCompiler, root, run } from './compiler.ts';
import { compile } from './deployments.ts';

const templates = ['main', 'events'];
const faults: string[] = [];

/** Warnings are faults, in the modules too. The registration has types of its own, and is compiled with them by the rules. */
function lint(bicep: string): void {
  const { code, out, errors } = run(bicep, ['lint', '--pattern', 'infra/*.bicep']);
  const said = `${out}${errors}`.trim();
  if (code !== 0 || said !== '') faults.push(said || `bicep lint ended with ${code}`);
}

/** The formatter changes files in place, so it gets a copy. */
function checkFormat(bicep: string): void {
  const copy = path.join(root, '.local', 'infra-format');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const folder of ['infra', 'test/infra'])
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true });
  const { code, out, errors } = run(bicep, ['format', '--pattern', `${copy}/**/*.bicep*`]);
  if (code !== 0) faults.push(`${out}${errors}`);
  for (const file of globSync('{infra,test/infra}/**/*.bicep*', { cwd: copy })) {
    const formatted = readFileSync(path.join(copy, file), 'utf8');
    if (formatted !== readFileSync(path.join(root, file), 'utf8'))
      faults.push(`${file}: bicep format would change it`);
  }
}

function build(bicep: string): void {
  for (const name of templates)
    try {
      compile(bicep, name);
    } catch (error) {
      faults.push(String(error));
    }
}

function rules(bicep: string): void {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { code, out, errors } = run(process.execPath, [vitest, 'run', 'test/infra', '--reporter=verbose'], {
    BICEP: bicep,
    NO_COLOR: '1',
  });
  console.log(out.trim());
  if (code !== 0) faults.push(`the rules of test/infra: ${errors.trim() || 'see above'}`);
}

orExit('npm run check:infra', () => readOptions({}));
const bicep = findCompiler() ?? fetchCompiler();
if (bicep === undefined) {
  console.log('infra: skipped, there is no Bicep compiler and none could be fetched');
} else {
  console.log(`${bicep}: ${run(bicep, ['--version']).out.trim()}`);
  lint(bicep);
  checkFormat(bicep);
  build(bicep);
  rules(bicep);
  for (const fault of faults) console.error(fault);
  console.log(`infra: ${faults.length === 0 ? 'in order' : `${faults.length} faults`}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
