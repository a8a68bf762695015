// npm run test:generic-mutants -- FOLDER [--alone --by TESTS --minutes N]: a mistake of every common kind in every place of a folder; tests that import from it must notice them.
import { existsSync } from 'node:fs';
import { folderFrom, numberFrom, onlyWord, orExit, readWords, Refused } from '../../../local/commandLine.ts';
import { score } from './score.ts';

/** A folder of the app, without the slash that a shell completes. @throws Refused */
function folderOfApp(words: readonly string[]): string {
  const folder = folderFrom(onlyWord('FOLDER', words).replace(/\/+$/, ''));
  if (!folder.startsWith('src/'))
    throw new Refused(`${folder}: a folder of the app is meant, such as src/plan`);
  return folder;
}

const usage =
  'npm run test:generic-mutants -- FOLDER [--alone] [--by TESTS[,TESTS …]] [--minutes N], FOLDER such as src/plan';
const { folder, ...extent } = orExit(usage, () => {
  const { values, positionals } = readWords({
    alone: { type: 'boolean', default: false },
    by: { type: 'string', default: 'test/unit' },
    minutes: { type: 'string', default: '600' },
  });
  const by = values.by.split(',');
  const missing = by.find((name) => !existsSync(name));
  if (missing !== undefined) throw new Refused(`--by: there is no ${missing}`);
  const minutes = numberFrom('minutes', values.minutes, 1, 100_000);
  return {
    folder: folderOfApp(positionals),
    alone: values.alone,
    by,
    endAtMs: Date.now() + minutes * 60_000,
  };
});
await score(folder, extent);
