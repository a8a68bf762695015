import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRealClock } from '../../local/functions-host/clock/realClock.ts';
import { createInvoker } from '../../local/functions-host/invoke.ts';
import { readAnswer } from '../../local/functions-host/durable/orchestratorAnswer.ts';
import { captureFunctions } from '../../local/functions-host/registry.ts';
import { createWarnings } from '../../local/functions-host/warnings.ts';
import { folderOf, inWords, readHistory, versions } from './history.ts';

// The library of functions must meet our core module before anything registers.
const registry = captureFunctions();
await import('../../src/main.ts');
const invoke = createInvoker({
  ...{ registry, clock: createRealClock(), log: () => undefined, warnings: createWarnings() },
});

/** What today's code asks for where a run of that version stood. */
async function askedToday(version: string, name: string): Promise<readonly string[]> {
  const { orchestration, turn } = readHistory(version, name);
  const fn = registry.get(orchestration);
  if (!fn) throw new Error(`No orchestration ${orchestration}: its runs would hang.`);
  const data = { string: JSON.stringify(turn) };
  const outcome = await invoke(fn, { inputData: [{ name: fn.trigger.key, data }], triggerMetadata: {} });
  return inWords(readAnswer(outcome).actions);
}

/*
 * A difference means that runs in flight cannot go on after the deployment. In a version that has been released the
 * flow needs a new name, or stays as it was (decision 0008); before the release `npm run histories` records anew.
 */
describe.each(versions())('what was in flight under %s goes on under today’s code', (version) => {
  test.each(readdirSync(folderOf(version)))('%s', async (name) => {
    expect(await askedToday(version, name)).toEqual(readHistory(version, name).asked);
  });
});
