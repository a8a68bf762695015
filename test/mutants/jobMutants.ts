import { noticedBy } from './mutant.ts';

const searches = [
  'test/unit/recovery-services/jobSearch.test.ts',
  'test/unit/data-protection/jobSearch.test.ts',
  'test/flows/whoseJob.test.ts',
  'sim',
];
const trackers = ['test/unit/jobs', 'test/flows/lateJob.test.ts', 'test/flows/adverseJobs.test.ts', 'sim'];

/** Whose a job is, and how its end is learnt. */
export const jobMutants = [
  ...noticedBy(searches, [
    [
      'recovery-services/jobSearch.ts',
      'if (likely.length > 1 || !only.isProven) return ambiguous(likely);',
      'if (!only.isProven) return ambiguous(likely);',
      'of two jobs that may be ours the newer is taken',
    ],
    [
      'recovery-services/jobSearch.ts',
      'if (likely.length > 1 || !only.isProven) return ambiguous(likely);',
      'if (likely.length > 1) return ambiguous(likely);',
      "a neighbour's job is taken for the item's",
    ],
    [
      'recovery-services/jobSearch.ts',
      ' && !isNameBased(job.activityId),',
      ',',
      "another run's job is adopted in Recovery Services",
    ],
    [
      'recovery-services/jobSearch.ts',
      "kind: mayBeOthers(only.job, attempts) ? 'foreign' : 'ours'",
      "kind: mayBeOthers(only.job, attempts) ? 'ours' : 'ours'",
      'without ids the job of the run before is called ours',
    ],
    [
      'recovery-services/jobSearch.ts',
      "if (!attempts.isSettled) return { kind: 'absent' };",
      '',
      "the policy's job is taken in Recovery Services while the run's own is not listed yet",
    ],
    [
      'data-protection/jobSearch.ts',
      "if (!attempts.isSettled) return { kind: 'absent' };",
      '',
      "somebody's job is taken in Data Protection while the run's own is not listed yet",
    ],
    [
      'orchestrations/watchedJob.ts',
      "if (startedBy === 'onDemand') return;",
      '',
      'a job that was asked for in the minute of the run is not cancelled with it',
    ],
    [
      'orchestrations/recovery-services/followJob.ts',
      'if (mayBePolicys && jobId !== undefined)',
      'if (false)',
      "the policy's job is cancelled with a run that took it by its start",
    ],
    [
      'recovery-services/jobSearch.ts',
      'const proven = running.find(({ isProven }) => isProven);',
      'const proven = running.find(() => true);',
      "a neighbour's running job is joined",
    ],
    [
      'recovery-services/jobSearch.ts',
      ".filter(({ ownership }) => ownership !== 'others')",
      '',
      'the job of another item is a candidate',
    ],
    [
      'recovery-services/jobSearch.ts',
      "startsWith((operation ?? 'Backup').toLowerCase());",
      "includes((operation ?? 'Backup').toLowerCase());",
      'a job that configures protection counts as a backup',
    ],
    [
      'data-protection/jobSearch.ts',
      '!isScheduled(row) && !isNameBased(activityIdOf(row)) && startedWithin(row, from, to);',
      '!isScheduled(row) && startedWithin(row, from, to);',
      "another run's job is adopted in Data Protection",
    ],
    [
      'data-protection/jobSearch.ts',
      '!isScheduled(row) && !isNameBased(activityIdOf(row)) && startedWithin(row, from, to);',
      '!isNameBased(activityIdOf(row)) && startedWithin(row, from, to);',
      "the policy's own job of an instance is called ours",
    ],
    [
      'data-protection/jobSearch.ts',
      "if (echoed) return { kind: 'ours', result: foundIn(echoed) };",
      '',
      'our own job is not known by its id',
    ],
    [
      'data-protection/jobSearch.ts',
      'if (attempts.joinForeign) return foreignIn(rows.filter(isRunning));',
      'if (attempts.joinForeign) return foreignIn(rows);',
      'a job that ended long ago is joined',
    ],
  ]),
  ...noticedBy(
    [...trackers.slice(0, -1), 'test/flows/whoseJob.test.ts'],
    [
      [
        'jobs/settleWatch.ts',
        'sendWindowSeconds + settleSeconds',
        'sendWindowSeconds',
        'a job without ids is taken before all of its time are listed',
      ],
      [
        'jobs/settleJobs.ts',
        ' || watch.isTakenByStart)',
        ')',
        'whose a job is that no id names is not asked at its end',
      ],
      [
        'steps/stepRow.ts',
        'later(step.sendBy ?? step.firstAt, settleSeconds)',
        'later(step.sendBy ?? step.firstAt, 0)',
        'absence is believed at the end of the send window',
      ],
    ],
  ),
  ...noticedBy(trackers, [
    [
      'jobs/settleWatch.ts',
      '    if (isGone(failure.code, failure.message))\n',
      '    if (failure.code)\n',
      "a job's 404 is taken as its end",
    ],
    [
      'jobs/settleWatch.ts',
      'if (reply.status === 429) return giveUp(services, held);',
      '',
      'a throttled read counts as one that told nothing',
    ],
    [
      'jobs/settleWatch.ts',
      'if (row?.ended && unread >= mostUnread)',
      'if (row?.ended && unread < 0)',
      'a job whose details cannot be read never ends',
    ],
    [
      'jobs/settleJobs.ts',
      'await raiseOutcomes(services, settled);',
      '',
      'a settled watch is told a tick later',
    ],
    [
      'jobs/raiseOutcomes.ts',
      'if (await watchOn(services, held)) return;',
      '',
      'a job that outlived its run is forgotten',
    ],
    [
      'jobs/settleWatch.ts',
      "const kind = watch.joined ? 'unknown' : 'timedOut';",
      "const kind = watch.joined ? 'timedOut' : 'timedOut';",
      'a job that was in the way and never shown ends the run timedOut',
    ],
    [
      'jobs/settleWatch.ts',
      "if (outcome.kind === 'ended') await services.finishLate?.(",
      "if (outcome.kind === 'unmatched') await services.finishLate?.(watch.runId, watch.generation, {} as never);\n  else if (outcome.kind === 'ended') void (",
      'the late end of a job does not reach the record',
    ],
    [
      'jobs/raiseOutcomes.ts',
      'if (untold < mostUnheard) return void',
      'if (untold < 0) return void',
      'a flow that is not shown at once is never told',
    ],
    [
      'jobs/raiseOutcomes.ts',
      "const isMade = ending.ended === 'completed' || ending.ended === 'completedWithWarnings';",
      'const isMade = ending.ended.length > 0;',
      'a failed backup is told with the recovery point of another',
    ],
    [
      'jobs/raiseOutcomes.ts',
      'if (!look || !(await hasTurn(services, look.call, patience))) return undefined;',
      'if (!look || (!(await hasTurn(services, look.call, patience)) && !look)) return undefined;',
      'recovery points are read without a budget',
    ],
    [
      'jobs/raiseOutcomes.ts',
      'answer.reply.status === 200 ? look.read(answer.reply) : undefined;',
      'answer.reply.status > 0 ? look.read(answer.reply) : undefined;',
      'a list of recovery points that could not be read counts as an empty one',
    ],
    [
      'jobs/trackTick.ts',
      'held.tracker.generation !== input.generation ||',
      '',
      'two generations of a tracker work on one vault',
    ],
    [
      'jobs/trackTick.ts',
      '  const watches = await listWatches(services.watches, held.tracker.vaultKey);\n  const [state',
      '  const watches: HeldWatch[] = [];\n  const [state',
      'a tracker ends although a job has come to be watched meanwhile',
    ],
    [
      'jobs/trackTick.ts',
      'await raiseOutcomes(services, settled);',
      '',
      'a settled watch whose telling was lost is never told',
    ],
  ]),
];
