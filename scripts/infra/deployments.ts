// What a deployment of infra would make, as the compiler foretells it: templates and snapshots.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './compiler.ts';

/** A resource of a snapshot; what is known only at run time stays an expression in brackets. */
export interface Predicted {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** A foretold deployment. */
export interface Snapshot {
  readonly predictedResources: readonly Predicted[];
  readonly diagnostics: readonly unknown[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A compiled template, as far as it is looked at. */
export interface Template {
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Where the foretold deployments go. */
export const deployedInto = {
  subscriptionId: '11111111-1111-1111-1111-111111111111',
  tenantId: '22222222-2222-2222-2222-222222222222',
};

/** What the compiler has said is kept here by everything that it was told. */
const keptIn = path.join(root, '.local', 'infra');
/** Snapshots lie beside their parameter file: here, not among the sources, and each process by itself. */
const workFolder = path.join(keptIn, String(process.pid));

function must(bicep: string, args: readonly string[], environment?: NodeJS.ProcessEnv): void {
  const { code, out, errors } = run(bicep, args, environment);
  if (code !== 0 || errors.trim() !== '') throw new Error(`bicep ${args.join(' ')}\n${out}${errors}`);
}

const readText = (file: string): string => readFileSync(file, 'utf8');

/** Makes a text once for all that it depends on: the sources of infra, and what is named. */
function kept(named: readonly unknown[], make: () => string): unknown {
  const sources = globSync('infra/**/*.{bicep,json}', { cwd: root }).sort();
  const told = [...sources.map((file) => readText(path.join(root, file))), ...named];
  const key = createHash('sha256')
    .update(JSON.stringify([sources, told]))
    .digest('hex');
  const file = path.join(keptIn, `${key}.json`);
  if (!existsSync(file)) {
    mkdirSync(workFolder, { recursive: true });
    renameSync(make(), file);
    rmSync(workFolder, { recursive: true });
  }
  return JSON.parse(readText(file));
}

/** Compiles a file of `infra`. @throws Error with the compiler's words, for a warning too. */
export const compile = (bicep: string, name: string): Template =>
  kept(['build', name], () => {
    const to = path.join(workFolder, `${name}.json`);
    must(bicep, ['build', `infra/${name}.bicep`, '--outfile', to]);
    return to;
  }) as Template;

/** A copy of a parameter file in the work folder, which means the same template. */
function copyOf(source: string): string {
  const copy = path.join(workFolder, path.basename(source));
  const using = (_: string, template: string): string =>
    `using '${path.relative(workFolder, path.resolve(path.dirname(source), template)).replaceAll('\\', '/')}'`;
  writeFileSync(copy, readText(source).replace(/^using '([^']+)'/m, using));
  return copy;
}

/**
 * Foretells the deployment of a parameter file. `environment` is what a parameter file reads of it.
 *
 * @throws Error with the compiler's words.
 */
export function foretell(bicep: string, parameters: string, environment?: NodeJS.ProcessEnv): Snapshot {
  const source = path.join(root, parameters);
  return kept(['snapshot', parameters, readText(source), environment], () => {
    const copy = copyOf(source);
    const { subscriptionId, tenantId } = deployedInto;
    must(
      bicep,
      [
        ...[
          'snapshot',
          copy,
          '--mode',
          'overwrite',
          '--location',
          'westeurope',
          '--deployment-name',
          'backups',
        ],
        ...['--subscription-id', subscriptionId, '--tenant-id', tenantId],
      ],
      environment,
    );
    return copy.replace(/\.bicepparam$/, '.snapshot.json');
  }) as Snapshot;
}
