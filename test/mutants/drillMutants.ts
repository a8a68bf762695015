import { noticedBy } from './mutant.ts';

/** A drill restores where it may, proves what is so, and deletes what is its own. */
export const drillMutants = [
  ...noticedBy(
    ['test/unit/drills'],
    [
      [
        'drills/cleanUpRow.ts',
        "if (!mayDrill) return refused('This deployment restores nothing.', 'Set RESTORE_DRILLS to true.');",
        '',
        'a restore that was parked goes although drills were switched off',
      ],
      [
        'drills/cleanUpRow.ts',
        "const isDrill = request?.kind === 'drill' && request.dryRun !== true;",
        "const isDrill = request?.kind === 'drill';",
        'a dry run may restore',
      ],
      [
        'drills/cleanUpRow.ts',
        "const isCleanUp = request?.kind === 'cleanUp' && thing !== undefined;",
        "const isCleanUp = request?.kind === 'cleanUp';",
        'a clean-up may restore',
      ],
      [
        'drills/cleanUpRow.ts',
        "if (!run || !(isDrill || isCleanUp)) return refused('No run asks for this.');",
        "if (!run) return refused('No run asks for this.');",
        'any run may restore and delete what a drill makes',
      ],
      [
        'drills/cleanUpRow.ts',
        'if (hasEnded(run.status)) return refused(`The run has ended: ${run.status}.`);',
        '',
        'a drill that has ended goes on restoring',
      ],
      [
        'drills/cleanUpRow.ts',
        "if (generation > run.generation) return refused('No run asks for this.');",
        '',
        'a forged generation of a drill is believed',
      ],
      [
        'drills/cleanUpRow.ts',
        "if (!held) return refused('There is no clean-up row for this run.');",
        'if (!held) return undefined;',
        'a drill makes what no row will clean up',
      ],
      [
        'drills/cleanUpRow.ts',
        "return isNamed ? undefined : refused('The clean-up row does not name it.');",
        'return undefined;',
        'a drill deletes what its row does not name',
      ],
      [
        'drills/recordDrill.ts',
        'if (status === 200 || status === 204) return',
        'if (status >= 200 && status < 300) return',
        'a webhook that is still at it has found what came back right',
      ],
      [
        'drills/recordDrill.ts',
        "note.left.length === 0 && (row.isSettled || now >= row.mayComeUntil)\n          ? 'remove'",
        "note.left.length === 0\n          ? 'remove'",
        'the row is gone although the restore may still bring something',
      ],
      [
        'drills/recordDrill.ts',
        "note.left.length === 0 && (row.isSettled || now >= row.mayComeUntil)\n          ? 'remove'",
        "(row.isSettled || now >= row.mayComeUntil)\n          ? 'remove'",
        'the row is gone although something is left',
      ],
      [
        'drills/recordDrill.ts',
        'if (known) return change(services, run, (row) => ({ things: [...row.things, ...things] }));',
        'if (known) return;',
        'what a drill makes later is not in its row',
      ],
      [
        'drills/watchCleanUps.ts',
        'if (row.nextAt > services.clock().toISOString()) return;',
        '',
        'what is left is tried again with every tick',
      ],
      [
        'drills/watchCleanUps.ts',
        'if ((await goesOn(services, row.run)) || (await goesOn(services, row.cleanUpRun))) return;',
        'if (await goesOn(services, row.cleanUpRun)) return;',
        'what a drill works on is deleted under it',
      ],
      [
        'drills/watchCleanUps.ts',
        'if (attempts < patientAttempts || left.length === 0) return;',
        'if (left.length >= 0) return;',
        'nobody is told of what a drill has left',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/plan/drills.test.ts', 'test/unit/plan/allowList.test.ts'],
    [
      [
        'plan/drills.ts',
        'Math.min(of, Math.max(Math.ceil((of * share) / 100), atLeast), atMost)',
        'Math.min(of, Math.max(Math.ceil((of * share) / 100), atLeast))',
        'a sample takes more than the plan allows',
      ],
      [
        'plan/drills.ts',
        'Math.max(Math.ceil((of * share) / 100), atLeast)',
        'Math.max(Math.floor((of * share) / 100), atLeast)',
        'a sample takes less than its share',
      ],
      [
        'plan/drills.ts',
        'rankOf(seed, id.toLowerCase())',
        'rankOf(seed, id)',
        'another writing of an id draws another sample',
      ],
      [
        'arm/resourceKinds.ts',
        'key.startsWith(`${place}/`) &&',
        'key.startsWith(place) &&',
        'a drill restores into a neighbour whose name begins alike',
      ],
      [
        'plan/allowList.ts',
        "return targets.length > 0 && targets.every((id) => typeof id === 'string' && allowsDrillTarget(list, id));",
        "return targets.every((id) => typeof id === 'string' && allowsDrillTarget(list, id));",
        'a restore in place is let out',
      ],
      [
        'plan/allowList.ts',
        "return targets.length > 0 && targets.every((id) => typeof id === 'string' && allowsDrillTarget(list, id));",
        "return targets.length > 0 && targets.some((id) => typeof id === 'string' && allowsDrillTarget(list, id));",
        'a restore of which one part goes elsewhere is let out',
      ],
      [
        'plan/allowList.ts',
        '(!isRestore(call) || allowsRestore(list, call));',
        'true;',
        'a restore goes anywhere',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/drills', 'test/flows/shareDrill.test.ts', 'test/flows/instanceDrill.test.ts'],
    [
      [
        'orchestrations/drills/cleanUp.ts',
        "  if (taggedBy !== '') return `its tag names another run, ${taggedBy}`;\n",
        '',
        "another drill's things are deleted",
      ],
      [
        'orchestrations/drills/cleanUp.ts',
        "return mayBeUntagged ? undefined : 'it has no tag of this drill';",
        'return undefined;',
        'what carries no tag is deleted',
      ],
      [
        'orchestrations/drills/cleanUp.ts',
        '  return yield* untilGone(context, thing.id, runId);\n',
        '  return undefined;\n',
        'a deletion that was taken counts as done',
      ],
      [
        'orchestrations/drills/drill.ts',
        "  yield* recordDrill(context, { moment: 'planned', run: context.runId, things });\n",
        '',
        'something is made before a row names it',
      ],
      [
        'orchestrations/drills/drill.ts',
        '  if (!context.facts.mayDrill && !isDry)\n',
        '  if (!context.facts.mayDrill && isDry)\n',
        'a drill runs although the deployment restores nothing',
      ],
      [
        'orchestrations/drills/drill.ts',
        "if (unfit.length > 0 && !isDry) throw refuse('DrillTargetNotFit', unfit.join('; '));",
        '',
        'a drill restores into a place that is not fit',
      ],
      [
        'orchestrations/drills/drill.ts',
        'seconds > secondsOfSpan(restoreWithin);',
        'seconds > secondsOfSpan(restoreWithin) * 1000;',
        'a restore that took too long is proven',
      ],
      [
        'orchestrations/drills/drill.ts',
        "if (verdict !== 'good') {",
        "if (verdict === 'mismatch') {",
        'an empty restore is proven',
      ],
      [
        'orchestrations/drills/drill.ts',
        "    if (answer === 'bad') {",
        "    if (answer === 'bad' && untilMs === 0) {",
        'what the webhook finds wrong is proven or waited for',
      ],
      [
        'orchestrations/drills/drill.ts',
        "return { ...outcome, verdict: 'unverified', failure: { code: 'DrillUnverified', message } };",
        'return outcome;',
        'a webhook that says nothing proves',
      ],
      [
        'orchestrations/drills/drill.ts',
        "(error.outcome.kind === 'timedOut' || error.outcome.kind === 'unknown');",
        "error.outcome.kind === 'timedOut';",
        'a restore whose end nobody knows counts as settled',
      ],
      [
        'orchestrations/drills/drill.ts',
        "      : { ...before, verdict: 'left over', failure: { code: 'DrillLeftOver', message } };",
        '      : before;',
        'a drill that has left something is proven',
      ],
      [
        'orchestrations/drills/drill.ts',
        '  if (isCancelled) return;\n',
        '',
        'a cancelled drill is shown as a proof that failed',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/plan/allowList.test.ts', 'test/unit/steps/precondition.test.ts'],
    [
      [
        'arm/resourceKinds.ts',
        ' && (!isSubscription(place) || drillGroup.test(key))',
        '',
        'a subscription of drills allows every group in it',
      ],
      [
        'plan/allowList.ts',
        "  RestoreDisks: (properties) => [\n    member(properties, 'targetResourceGroupId'),",
        '  RestoreDisks: (properties) => [',
        'disks come back unmanaged',
      ],
      [
        'resources/drillTargets.ts',
        '    if (!sameName(taggedBy, runId))',
        "    if (runId === '')",
        'what has another tag by now is deleted',
      ],
      [
        'resources/drillTargets.ts',
        '    if (foreign.length > 0) {',
        '    if (foreign.length < 0) {',
        'a group is deleted with what others have put into it',
      ],
    ],
  ),
  ...noticedBy(
    ['test/flows/drillObstacles.test.ts', 'test/flows/machineDrill.test.ts'],
    [
      [
        'orchestrations/drills/drill.ts',
        "  if (held.length > 0 && !isDry) throw refuse('RestoreGuarded', held.join('; '));\n",
        '',
        'a restore that a Resource Guard holds back is begun',
      ],
      [
        'orchestrations/drills/drill.ts',
        "  if (reached !== null) throw refuse('DailyLimit', reached, 'Ask again on the next day (UTC).');\n",
        '',
        'a restore by hand begins beyond the daily limit',
      ],
      [
        'orchestrations/drills/machineDrill.ts',
        '  yield* claimLeavings(context, one, handle.vaultId, job.id);\n',
        '',
        'what the restore of a machine leaves in the staging account stays there',
      ],
    ],
  ),
];
