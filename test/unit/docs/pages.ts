import { readdirSync, readFileSync } from 'node:fs';

/** A page of the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

const folders = ['.', 'docs', 'docs/decisions', 'bench/results', 'local/arm-simulator'];

/** Every page that a person reads. */
export const pages: readonly Page[] = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({
      path: `${folder}/${name}`.replace('./', ''),
      text: readFileSync(`${folder}/${name}`, 'utf8'),
    })),
);

/** One command of a page, as it is pasted: several lines where a quote goes on. */
export interface Command {
  readonly path: string;
  readonly command: string;
}

const blocks = /^```(?:sh|bash)?\n([\s\S]*?)^```$/gm;

function commandsIn(block: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of block.split('\n')) {
    const text = open === '' ? line : `${open}\n${line}`;
    const isOpen = (text.match(/'/g)?.length ?? 0) % 2 === 1 || text.endsWith('\\');
    open = isOpen ? text : '';
    if (!isOpen && text.trim() !== '' && !text.startsWith('#')) commands.push(text.replace(/\s+# .*$/, ''));
  }
  return commands;
}

const isCommand = (text: string): boolean =>
  /^(?:npm|npx|node|curl|az|func|azd|git|export|\w+=)/.test(text.trim());

/** The commands in blocks of a shell's language, or of none. */
export const commands: readonly Command[] = pages.flatMap(({ path, text }) =>
  [...text.matchAll(blocks)]
    .flatMap(([, block = '']) => commandsIn(block))
    .filter(isCommand)
    .map((command) => ({ path, command })),
);

/** `npm run NAME`, `npm start`, `npm test` and `node FILE` anywhere in a page, in a block or in a line. */
export const mentioned: readonly Command[] = pages.flatMap(({ path, text }) =>
  [
    ...text.matchAll(/\b(?:npm (?:run (?:--silent )?[a-z][\w:-]*|start|test)|node [\w./-]+\.(?:ts|mjs))/g),
  ].map(([command]) => ({ path, command })),
);
