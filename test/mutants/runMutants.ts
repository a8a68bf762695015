import { noticedBy } from './mutant.ts';

const runs = ['test/unit/runs', 'test/unit/functions/startBackup.test.ts', 'test/flows/run.test.ts', 'sim'];
const batches = [
  'test/unit/batches',
  'test/flows/batch.test.ts',
  'test/flows/scheduledBatch.test.ts',
  'test/flows/whoseJob.test.ts',
  'sim',
];
const triggers = [
  'test/unit/triggers',
  'test/unit/plan',
  'test/flows/scheduledBatch.test.ts',
  'test/flows/events.test.ts',
];
const flows = ['test/flows/takeStep.test.ts', 'test/flows/run.test.ts', 'sim'];

/** Runs, batches, ticks: what is accepted happens once, and is told as it was. */
export const runMutants = [
  ...noticedBy(runs, [
    [
      'runs/runRow.ts',
      "[source, caller ?? '', key, item ?? '', ...",
      "[source, key, item ?? '', ...",
      "one caller's key reaches another's run",
    ],
    [
      'runs/runRow.ts',
      "[source, caller ?? '', key, item ?? '', ...",
      "[source, caller ?? '', key, ...",
      'all items of a batch are one run',
    ],
    [
      'runs/acceptRun.ts',
      "kind: existing.digest === wanted.digest ? 'repeated' : 'keyReused',",
      "kind: existing.digest === '' ? 'keyReused' : 'repeated',",
      'the same key with another body gets the first run',
    ],
    [
      'runs/finishRun.ts',
      'if (run.generation !== generation) return false;',
      '',
      'a lost flow ends the run of the one that replaced it',
    ],
    [
      'runs/finishRun.ts',
      "return !hasEnded(run.status) || (run.status === 'timedOut' && ending.status !== 'timedOut');",
      'return true;',
      'an ending is overwritten',
    ],
    [
      'runs/finishRun.ts',
      "|| (run.status === 'timedOut' && ending.status !== 'timedOut');",
      ';',
      'a run that timed out never turns into its real ending',
    ],
    [
      'runs/acceptRun.ts',
      'if (known === undefined) await start(services, run);',
      'await start(services, run);',
      'an ended flow is started again',
    ],
    [
      'runs/acceptRun.ts',
      'if (stored && !hasEnded(stored.run.status)) await',
      'if (stored) await',
      'the flow of an ended run is started',
    ],
    [
      'runs/deletionGate.ts',
      'if (!services.mayDeleteBackups)',
      'if (services.mayDeleteBackups === undefined)',
      'backups are deleted although the deployment does not allow it',
    ],
    ['runs/deletionGate.ts', "request.mode === 'deleteData' &&", '', 'a stop that keeps its data deletes it'],
    [
      'runs/deletionGate.ts',
      'request.confirm !== undefined &&',
      '',
      'backups are deleted without their name being given',
    ],
    [
      'runs/deletionGate.ts',
      'mayBe(request.target, itemId);',
      'true;',
      'a run deletes the backups of another item',
    ],
    [
      'runs/deletionGate.ts',
      'if (hasEnded(run.status)) return refused(`The run has ended: ${run.status}.`);',
      '',
      'a run that has ended still deletes',
    ],
  ]),
  ...noticedBy(batches, [
    [
      'batches/advanceShard.ts',
      'if (batch.cancelRequestedAt !== undefined) await services.cancelChild(child.id, batch.cancelRequestedBy);',
      '',
      "a batch's cancel does not reach its children",
    ],
    [
      'batches/advanceShard.ts',
      '  if (cancelRequestedAt !== undefined) {\n',
      "  if (cancelRequestedAt === '') {\n",
      "a batch's cancel is ignored: further items are begun",
    ],
    [
      'batches/advanceShard.ts',
      'if (refusal && (await resume(services, batch, stored))) return',
      'if (refusal && refusal.code === "" && (await resume(services, batch, stored))) return',
      'a batch forgets a child that was begun before a crash',
    ],
    [
      'batches/advanceShard.ts',
      'if (notAfter !== undefined && now > new Date(notAfter)) {',
      'if (notAfter !== undefined && now < new Date(0)) {',
      'items are begun after their window',
    ],
    [
      'batches/advanceShard.ts',
      'input.concurrency - running);',
      'input.concurrency);',
      'more children run than the plan allows',
    ],
    [
      'batches/advanceShard.ts',
      'stored.run.generation !== input.generation || ',
      '',
      'two generations of a batch carry its items',
    ],
    [
      'batches/dailyLimits.ts',
      '>= charge.limit) return charge;',
      '> charge.limit) return charge;',
      'one backup a day more than the service takes',
    ],
    [
      'batches/dailyLimits.ts',
      'if (await isCounted(table, day, charge)) continue;',
      '',
      'an account is counted once for each of its shares',
    ],
  ]),
  ...noticedBy(triggers, [
    [
      'triggers/scheduleTick.ts',
      "if (row && String(row['until']) >= until.toISOString()) return;",
      '',
      'the mark of a tick moves back',
    ],
    [
      'triggers/scheduleTick.ts',
      'const due = `${line.name}/${occurrence.dueAt.slice(0, 16)}Z`;',
      'const due = `${line.name}/${services.clock().toISOString()}`;',
      'a tick that comes twice starts two batches',
    ],
    [
      'triggers/scheduleTick.ts',
      '  await mark(services, timed, now);\n}',
      '}',
      'a tick handles the same span again for ever',
    ],
    [
      'triggers/scheduleTick.ts',
      'const key = `sweep/${clock().toISOString().slice(0, 10)}`;',
      'const key = `sweep/${clock().toISOString()}`;',
      'a doubled tick starts two sweeps',
    ],
  ]),
  ...noticedBy(flows, [
    [
      'orchestrations/takeStep.ts',
      'if (told?.stepId === stepId && told.outcome)',
      'if (told?.stepId !== undefined && told.outcome)',
      "another step's event answers this one",
    ],
    [
      'orchestrations/takeStep.ts',
      'if (context.isOrdered && numbered.ask === 1)',
      'if (context.isOrdered)',
      'a step that nobody has ordered is waited for',
    ],
    [
      'orchestrations/takeStep.ts',
      "return started === undefined ? 'incomplete' :",
      "return started === null ? 'incomplete' :",
      "a job's end that does not say what its step gave ends the step without a result",
    ],
    [
      'orchestrations/takeStep.ts',
      '    deadline.cancel();\n    const outcome',
      '    const outcome',
      'a timer that lost keeps the flow running',
    ],
  ]),
];
