// npm run histories: records the history of every flow and outcome, as this version's. Histories of released versions are never recorded anew.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orExit, readOptions } from '../../local/commandLine.ts';
import type { Invoke } from '../../local/functions-host/invoke.ts';
import { readAnswer } from '../../local/functions-host/durable/orchestratorAnswer.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import { folderOf, inWords, writeHistory, type GoldenHistory, type Turn } from './history.ts';
import { allowing, scenarios, type Scenario } from './scenarios.ts';

/** Keeps the last turn of each instance's generation. */
function listening(invoke: Invoke, turns: Map<string, GoldenHistory>): Invoke {
  return async (fn, input) => {
    const outcome = await invoke(fn, input);
    if (fn.trigger.type.toLowerCase() !== 'orchestrationtrigger') return outcome;
    const turn = JSON.parse(input.inputData[0]?.data.string ?? '{}') as Turn;
    const begun = turn.history.find((event) => event['EventType'] === 0);
    const key = `${String(turn['instanceId'])} ${JSON.stringify(begun?.['OrchestrationInstance'])}`;
    turns.set(key, { orchestration: fn.name, turn, asked: inWords(readAnswer(outcome).actions) });
    return outcome;
  };
}

/** The first history of each orchestration that a scenario brings about. */
async function historiesOf(scenario: Scenario): Promise<readonly GoldenHistory[]> {
  const turns = new Map<string, GoldenHistory>();
  const app = await startEmbeddedApp({
    world: scenario.world,
    environment: { DELETE_BACKUPS: 'true', RESTORE_DRILLS: String(scenario.path === 'drills') },
    faults: scenario.faults ?? [],
    plan: () => scenario.plan ?? allowing,
    aroundFlows: (invoke) => listening(invoke, turns),
  });
  const answer = await app.request('POST', `/api/${scenario.path}`, scenario.body);
  const { id } = answer?.body as { id: string };
  if (scenario.cancelAfterSeconds !== undefined) {
    await app.clock.runFor(scenario.cancelAfterSeconds * 1000);
    await app.request('POST', `/api/runs/${id}/cancel`);
  }
  const run = await app.runEnded(id);
  await app.stop();
  if (run.status !== scenario.status)
    throw new Error(`${scenario.name} ended ${run.status}: ${JSON.stringify(run.error ?? answer?.body)}`);
  const names = new Set([...turns.values()].map(({ orchestration }) => orchestration));
  return [...names].flatMap(
    (name) => [...turns.values()].find(({ orchestration }) => orchestration === name) ?? [],
  );
}

orExit('npm run histories', () => readOptions({}));
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const folder = folderOf(version);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let files = 0;
for (const scenario of scenarios) {
  for (const history of await historiesOf(scenario)) {
    writeFileSync(join(folder, `${scenario.name}.${history.orchestration}.json`), writeHistory(history));
    files += 1;
  }
}
console.log(`histories ${files} of version ${version}`);
