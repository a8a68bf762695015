import { createServer } from 'node:net';
import { readFileSync, statSync } from 'node:fs';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** Something the person at the terminal can put right: told as it is, without a stack. */
export class Refused extends Error {}

/** What went wrong, in one line for a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the words of the command line are, read by a schema of options. @throws Refused for any that has no place there. */
function parsed<const T extends ParseArgsOptionsConfig>(options: T, allowPositionals: boolean) {
  try {
    const read = parseArgs({ options, allowPositionals });
    const empty = Object.entries(read.values).find(
      ([name, value]) => value === '' && options[name]?.default !== '',
    );
    if (empty) throw new Refused(`--${empty[0]} is given without a value`);
    return read;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(messageOf(error).split('. To ')[0]?.replaceAll('\n', ' '));
  }
}

/** The options of this process, which takes no other words. @throws Refused for an option that does not exist, or has no value. */
export const readOptions = <const T extends ParseArgsOptionsConfig>(options: T) =>
  parsed(options, false).values;

/** The same where other words may stand, in `positionals`. @throws Refused */
export const readWords = <const T extends ParseArgsOptionsConfig>(options: T) => parsed(options, true);

/** The one word that is taken besides the options. @param what its name in the usage. @throws Refused for none, and for more. */
export function onlyWord(what: string, [word, ...more]: readonly string[]): string {
  if (word === undefined || word === '') throw new Refused(`${what} is missing`);
  if (more.length > 0) throw new Refused(`one ${what} is taken, not ${more.join(' ')} besides`);
  return word;
}

/** What is read of the command line; what is wrong with it is told with the usage and ends the process, exit code 2. */
export function orExit<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(`${error.message}\nusage: ${usage}`);
    process.exit(2);
  }
}

/** A number of the command line. @throws Refused */
export function numberFrom(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new Refused(`--${option} takes a number from ${least} to ${most}, not '${text}'`);
}

/** A whole number of the command line. @throws Refused */
export function wholeNumberFrom(option: string, text: string, least: number, most: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new Refused(`--${option} takes a whole number from ${least} to ${most}, not '${text}'`);
}

/** One of the names that an option takes. @throws Refused */
export function nameFrom<const T extends string>(option: string, text: string, names: readonly T[]): T {
  const name = names.find((one) => one === text);
  if (name !== undefined) return name;
  throw new Refused(`--${option} takes ${names.join(', ')}, not '${text}'`);
}

/** A folder of the command line. @throws Refused where there is none of that name. */
export function folderFrom(name: string): string {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return name;
  throw new Refused(`${name}: there is no such folder`);
}

/** Content of a JSON file that an option names. @throws Refused naming the file. */
export function jsonFrom(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refused(code === 'ENOENT' ? `${file}: there is no such file` : `${file}: ${messageOf(error)}`);
  }
}

/** A port that nobody listens on. @param port 0 for any. @throws Refused when somebody does. */
export function freePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new Refused(
          code === 'EADDRINUSE'
            ? `Port ${port} is taken: stop what listens there, or choose another with --port (0 takes a free one).`
            : `Port ${port}: ${message}`,
        ),
      ),
    );
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address() as { readonly port: number };
      probe.close(() => resolve(found));
    });
  });
}
