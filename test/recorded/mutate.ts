// node test/recorded/mutate.ts FOLDER…: replays recorded traffic against each mutant of the domain; all must be noticed.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { orExit, readWords, Refused } from '../../local/commandLine.ts';
import { mutants, type Mutant } from './mutants.ts';
import { readExchanges } from './readExchanges.ts';

const copied = ['src', 'local', 'test', 'package.json', 'host.json', 'tsconfig.json'];

/** A copy of what a replay needs; the packages are linked in. */
function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  for (const name of copied) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The one source that holds the text. @throws Error where none or several do: the mutant has to be written anew. */
function placeOf({ why, find }: Mutant, folder: string): { readonly file: string; readonly text: string } {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: join(folder, 'src', name), text: '' }))
    .map(({ file }) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.includes(find));
  const [only] = sources;
  const times = sources.reduce((sum, { text }) => sum + text.split(find).length - 1, 0);
  if (!only || times !== 1)
    throw new Error(`"${why}" changes ${times} places of src instead of one: ${find}`);
  return only;
}

/** Lines of a replay that say that something is not as recorded. @throws Error where the replay did not get to its end. */
function complaints(folder: string, recording: string): readonly string[] {
  const replay = ['test/recorded/replay.ts', recording];
  const { stdout, stderr } = spawnSync(process.execPath, replay, { cwd: folder, encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  if (!/^replies \d+, /.test(lines.at(-1) ?? '')) throw new Error(stderr.slice(0, 2000));
  const from = lines.indexOf('Unclassified');
  const unclassified = from < 0 ? [] : lines.slice(from + 1, lines.indexOf('', from));
  return [...unclassified, ...lines.filter((line) => line.includes(': ENDED OTHERWISE: '))];
}

/** The first complaint that only the mutant brings about. */
function noticed(mutant: Mutant, folder: string, recordings: readonly string[], known: ReadonlySet<string>) {
  const { file, text } = placeOf(mutant, folder);
  writeFileSync(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    for (const recording of recordings) {
      const complaint = complaints(folder, recording).find((line) => !known.has(line));
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  } finally {
    writeFileSync(file, text);
  }
}

function tryAll(recordings: readonly string[]): boolean {
  const folder = copyOfProject();
  try {
    for (const mutant of mutants) placeOf(mutant, folder);
    const known = new Set(recordings.flatMap((recording) => complaints(folder, recording)));
    const survivors: string[] = [];
    for (const mutant of mutants) {
      const complaint = noticed(mutant, folder, recordings, known);
      console.log(
        complaint === undefined ? `SURVIVED: ${mutant.why}` : `${mutant.why}:\n  ${complaint.trim()}`,
      );
      if (complaint === undefined) survivors.push(mutant.why);
    }
    console.log(
      `\nmutants ${mutants.length}, caught ${mutants.length - survivors.length}, survived ${survivors.length}`,
    );
    return survivors.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const recordings = orExit('npm run test:recorded-mutants -- FOLDER [FOLDER …]', () => {
  const { positionals } = readWords({});
  if (positionals.length === 0) throw new Refused('FOLDER is missing');
  for (const folder of positionals) readExchanges(folder);
  return positionals.map((folder) => resolve(folder));
});
process.exitCode = tryAll(recordings) ? 0 : 1;
