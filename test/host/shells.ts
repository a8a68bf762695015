import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe } from 'vitest';

const missing = ['bash', 'dash', 'curl', 'jq'].filter((name) => spawnSync(name, ['--version']).error);

/** Rules about scripts, where the machine has what they run with; skipped, and said so, where it has not. */
export const describeScripts = describe.skipIf(missing.length > 0);

/** What a command has said, and how it ended. */
export interface Ending {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs a program of this machine with exactly these variables besides PATH. */
export function runProgram(
  program: string,
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ending> {
  const env = { PATH: process.env['PATH'], ...variables };
  const child = spawn(program, [...words], { env, timeout: 240_000 });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, errors })));
}

/** One step of a composite action: its id, what its shell gets as variables, and its script. */
export interface ActionStep {
  readonly id: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly script: string;
}

const withoutIndent = (text: string, spaces: number): string =>
  text.replace(new RegExp(`^ {${spaces}}`, 'gm'), '');

function readStep(text: string): ActionStep {
  const [, variables = ''] = /\n {6}env:\n((?: {8}.*\n)+)/.exec(text) ?? [];
  const [, script = ''] = /\n {6}run: \|\n((?: {8}.*\n?|\n)+)/.exec(text) ?? [];
  return {
    id: /\n {6}id: (\S+)/.exec(text)?.[1] ?? '',
    variables: Object.fromEntries(
      [...variables.matchAll(/^ {8}(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
    script: withoutIndent(script, 8),
  };
}

/** An action as its file has it. */
export interface Action {
  readonly inputs: readonly string[];
  readonly defaults: Readonly<Record<string, string>>;
  readonly steps: readonly ActionStep[];
}

/** Reads an `action.yml` that is laid out as ours are. */
export function readAction(file: string): Action {
  const text = readFileSync(file, 'utf8');
  const [, inputs = ''] = /\ninputs:\n([\s\S]*?)\noutputs:/.exec(text) ?? [];
  const named = [...inputs.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n?)+)/gm)];
  return {
    inputs: named.map(([, name = '']) => name),
    defaults: Object.fromEntries(
      named.map(([, name = '', rest = '']) => [name, /default: '(.*)'/.exec(rest)?.[1] ?? '']),
    ),
    steps: text
      .split(/\n {4}- name: /)
      .slice(1)
      .map(readStep),
  };
}
