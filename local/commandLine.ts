import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** Something the person at the terminal can put right: told as it is, without a stack. */
export class Refused extends Error {}

/** What went wrong, in one line for a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The options of this process. @throws Refused with the usage for an option that does not exist. */
export function readOptions<const T extends ParseArgsOptionsConfig>(options: T, usage: string) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refused(`${messageOf(error).split('. To ')[0]}\nusage: ${usage}`);
  }
}

/** The options of this process; an option that does not exist is told with the usage and ends it, exit code 2. */
export function optionsOrExit<const T extends ParseArgsOptionsConfig>(options: T, usage: string) {
  try {
    return readOptions(options, usage);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(2);
  }
}

/** A number of the command line. @throws Refused */
export function numberFrom(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new Refused(`--${option} takes a number from ${least} to ${most}, not '${text}'`);
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
