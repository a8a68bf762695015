import { noticedBy } from './mutant.ts';

const ofRecoveryServices = ['test/unit/recovery-services'];
const ofDataProtection = ['test/unit/data-protection'];

/** What is asked of the service, and what its answers mean. */
export const domainMutants = [
  ...noticedBy(ofRecoveryServices, [
    [
      'recovery-services/jobs.ts',
      'if (asked !== undefined) return { startedBy:',
      'if (asked === undefined) return { startedBy:',
      "the policy's own backup of a share counts as one on demand",
    ],
    [
      'recovery-services/jobs.ts',
      'if (ageSeconds < 10 * beatSeconds) return beatSeconds;',
      'if (ageSeconds <= 10 * beatSeconds) return beatSeconds;',
      'a job is looked at once too often',
    ],
    [
      'recovery-services/jobs.ts',
      "    status === 404 && !isGone(failure)\n      ? { kind: 'waiting', waitSeconds, detail: { reason: failure.message } }",
      "    status === 404\n      ? { kind: 'waiting', waitSeconds, detail: { reason: failure.message } }",
      'a job is waited for although its vault is gone',
    ],
    [
      'recovery-services/paths.ts',
      'replaceAll("\'", "\'\'")',
      'replaceAll("\'", "\'")',
      'a quote in a name breaks the filter',
    ],
    [
      'recovery-services/paths.ts',
      "hour < 12 ? 'AM' : 'PM'",
      "hour <= 12 ? 'AM' : 'PM'",
      'noon is asked for as midnight',
    ],
    [
      'recovery-services/backup.ts',
      'if (keepFor !== undefined && claimedAt !== undefined) return { expiresAt: expiresAt(claimedAt, keepFor) };',
      '',
      'the expiry is counted from the asking, not from the sending',
    ],
    [
      'recovery-services/itemChanges.ts',
      '          ...input.kept,\n',
      '',
      'a change forgets the disks that are left out',
    ],
    [
      'recovery-services/itemChanges.ts',
      "status === 404 || failure.code === 'BMSUserErrorContainerNotUndeleted'",
      'status >= 400',
      'a deletion that is refused counts as done',
    ],
    [
      'recovery-services/protectedItems.ts',
      "if (properties['isScheduledForDeferredDelete'] === true) return 'softDeleted';",
      '',
      'a deleted item counts as stopped',
    ],
    [
      'recovery-services/protectedItems.ts',
      "if (item.standing === 'protected' && hasPolicy) return",
      "if (item.standing === 'protected') return",
      'the old policy counts as the new one',
    ],
    [
      'recovery-services/containers.ts',
      "sameName(textIn(properties['registrationStatus']) ?? 'Registered', 'Registered'),",
      'true,',
      'a soft-deleted container counts as registered',
    ],
    [
      'recovery-services/restoreRequests.ts',
      "copyOptions: 'Overwrite'",
      "copyOptions: 'Skip'",
      'a restore does not overwrite',
    ],
    [
      'recovery-services/restores.ts',
      "if (search.kind === 'foreign') return { kind: 'unproven', failure: anotherRestore };",
      '',
      "somebody else's restore is taken for ours",
    ],
    [
      'recovery-services/recoveryPoints.ts',
      "if (unit === 'W') instant.setUTCDate(instant.getUTCDate() + 7 * many);",
      "if (unit === 'W') instant.setUTCDate(instant.getUTCDate() + many);",
      'a week is kept as a day',
    ],
    [
      'recovery-services/recoveryPoints.ts',
      "kind !== 'workload' || !/^(?:Differential|Incremental|Log)$/i.test(backupType);",
      "kind !== 'workload';",
      'a full backup of a database is sent without its expiry',
    ],
    [
      'recovery-services/jobSearch.ts',
      'return isProven && (sameName(',
      'return (sameName(',
      "a neighbour's job is joined after a refusal",
    ],
  ]),
  ...noticedBy(ofDataProtection, [
    [
      'data-protection/jobSearch.ts',
      'isOf(row, operation) && sameId(',
      'isOf(row, operation) || sameId(',
      'a job of another instance is taken',
    ],
    [
      'data-protection/jobs.ts',
      "startedBy: isUserTriggered ? 'onDemand' : 'policy'",
      "startedBy: isUserTriggered ? 'policy' : 'onDemand'",
      "the policy's own backup of an instance counts as one on demand",
    ],
    [
      'data-protection/recoveryPoints.ts',
      'Date.parse(at) >= from && Date.parse(at) <= to',
      'Date.parse(at) >= from',
      "a later backup's point is shown",
    ],
    [
      'data-protection/reconcile.ts',
      "  const group = differences.find(({ what }) => what === 'snapshotResourceGroup');\n",
      "  const group = differences.find(({ what }) => what === 'policy');\n",
      'a policy is called unchangeable',
    ],
    [
      'data-protection/reconcile.ts',
      '{ ...properties, policyInfo:',
      '{ policyInfo:',
      'a change writes back less than was there',
    ],
    [
      'data-protection/deletion.ts',
      "isGone(reply.status) || equalIgnoringCase(state, 'SoftDeleted')",
      'reply.status > 0 || equalIgnoringCase(state, "")',
      'a deletion counts as over while the instance is there',
    ],
    [
      'data-protection/instances.ts',
      'value !== null && !readOnlyFields.includes(name)',
      'value !== null',
      'fields that the service alone sets are written back',
    ],
    [
      'data-protection/eligibility.ts',
      'if (chosen.length > 100)',
      'if (chosen.length > 1000)',
      'more containers are asked for than the service takes',
    ],
    [
      'data-protection/instanceAges.ts',
      "oldestAt: starts[0] ?? ''",
      "oldestAt: starts.at(-1) ?? ''",
      'the list of jobs is read no further than its first page',
    ],
  ]),
  ...noticedBy(
    ['test/unit/arm'],
    [
      [
        'arm/longRunning.ts',
        "return reply.status === 202 ? { kind: 'lost', failure: acceptanceLost(reply) } : { kind: 'finished' };",
        "return { kind: 'finished' };",
        'an acceptance that names nothing to follow is a success',
      ],
      [
        'arm/longRunning.ts',
        'const aboutThePoll = [401, 403, 404, 408, 425, 429];',
        'const aboutThePoll = [401, 404, 408, 425, 429];',
        'who may not read a result is told that the operation failed',
      ],
      [
        'arm/outcomes.ts',
        '[401, 408, 425, 429].includes(status)',
        '[408, 425, 429].includes(status)',
        'a token that has run out is the end of a step',
      ],
      ['arm/outcomes.ts', 'Math.max(...known)', 'Math.min(...known)', 'of two waits the shorter one is kept'],
      [
        'arm/backupJob.ts',
        'at >= notBefore && at <= notAfter',
        'at >= notBefore',
        'a drill restores a point that is newer than its occurrence',
      ],
      [
        'arm/resourceId.ts',
        "encodeURIComponent(segment).replaceAll('%3B', ';')",
        'segment',
        'names go into a path as they are',
      ],
    ],
  ),
  ...noticedBy(
    ['test/unit/steps/timings.test.ts', 'test/unit/steps/stateTable.test.ts'],
    [
      [
        'steps/timings.ts',
        'const secondMs = 1000;',
        'const secondMs = 1;',
        'seconds are counted as milliseconds',
      ],
      [
        'steps/timings.ts',
        'now.getUTCDate() + 1)',
        'now.getUTCDate())',
        'a limit of the day is waited for an hour',
      ],
      [
        'steps/applyPollAnswer.ts',
        'const sentHere = held.step.attempt > 0 && !lookOf(work);',
        'const sentHere = held.step.attempt > 0;',
        'an operation that ended badly is sent again without a look',
      ],
      [
        'steps/applyPollAnswer.ts',
        "failure.class === 'transient' && held.step.attempt === 1;",
        "failure.class === 'transient';",
        'an operation that ends badly each time is sent for ever',
      ],
    ],
  ),
];
