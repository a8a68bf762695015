/** A small mistake in the domain that the replay of recorded traffic has to notice by itself. */
export interface Mutant {
  /** What would be wrong with the app. */
  readonly why: string;
  /** A text that stands in exactly one place of `src`, whichever file that is. */
  readonly find: string;
  readonly replace: string;
}

/** Mistakes in what is sent, and in how answers are read. */
export const mutants: readonly Mutant[] = [
  {
    why: 'a protection names no policy',
    find: '({ policyId }) => ({ policyId }),',
    replace: '() => ({}),',
  },
  {
    why: 'an undeletion does not say that it is one',
    find: '  isRehydrate: true,\n',
    replace: '',
  },
  {
    why: 'a stop keeps the policy',
    find: "({ state }) => ({ policyId: '', protectionState: state })",
    replace: '({ state }) => ({ protectionState: state })',
  },
  {
    why: 'a protection does not name its source',
    find: '...(input.sourceResourceId === undefined ? {} : { sourceResourceId: input.sourceResourceId }),',
    replace: '',
  },
  {
    why: 'a machine is backed up as something else',
    find: "backupRequest: 'IaasVMBackupRequest'",
    replace: "backupRequest: 'AzureWorkloadBackupRequest'",
  },
  {
    why: 'a backup is kept for as long as the service likes',
    find: '    ...(recoveryPointExpiryTimeInUTC === undefined ? {} : { recoveryPointExpiryTimeInUTC }),\n',
    replace: '',
  },
  {
    why: 'a database is backed up without saying how',
    find: "  if (order.kind !== 'workload') return common;\n",
    replace: '  return common;\n',
  },
  {
    why: 'an account is registered as another kind of container',
    find: "containerType: 'StorageContainer',",
    replace: "containerType: 'AzureSqlContainer',",
  },
  {
    why: 'an instance is backed up by no rule',
    find: '        ruleName,\n        triggerOption',
    replace: '        triggerOption',
  },
  {
    why: 'a synchronisation of another kind is asked for',
    find: "{ syncType: 'Default' }",
    replace: "{ syncType: 'ForceResync' }",
  },
  {
    why: 'the snapshots of a disk have no group',
    find: '...(input.snapshotResourceGroupId && { resourceGroupId: input.snapshotResourceGroupId }),',
    replace: '',
  },
  {
    why: 'an account is protected with none of its containers',
    find: 'containersList: containers ?? [] };',
    replace: 'containersList: [] };',
  },
  {
    why: 'an instance has no set of datasources',
    find: "...(input.kind === 'vaultedBlobs' && { dataSourceSetInfo: source(input, 'DatasourceSet') }),",
    replace: '',
  },
  {
    why: 'an instance is shown under another name',
    find: 'body: { properties: describeInstance(input) },',
    replace: "body: { properties: { ...describeInstance(input), friendlyName: 'instance' } },",
  },
  {
    why: 'an operation that failed is read as one that succeeded',
    find: "return { kind: 'failed', ...said(status), failure: failure ?? endedWithoutReason(status ?? '') };",
    replace: "return { kind: 'succeeded', ...said(status), body: reply.body };",
  },
  {
    why: 'a 204 is read as work that goes on',
    find: "if (status === 204) return { kind: 'succeeded', body: undefined };",
    replace: "if (status === 204) return { kind: 'running' };",
  },
  {
    why: 'an operation is over although it still runs',
    find: '    default:\n      return stillRunning(reply, which, status, now);',
    replace: "    default:\n      return { kind: 'succeeded', ...said(status), body: reply.body };",
  },
  {
    why: "a job's id is cut short",
    find: "    textIn(properties['jobId']) ??\n",
    replace: "    textIn(properties['jobId'])?.slice(0, 8) ??\n",
  },
  {
    why: 'a job that failed or was cancelled counts as completed',
    find: "  completed: 'completed',\n  completedwithwarnings: 'completedWithWarnings',\n  failed: 'failed',",
    replace:
      "  completed: 'failed',\n  completedwithwarnings: 'completedWithWarnings',\n  failed: 'completed',",
  },
  {
    why: 'a job of a Backup vault that completed goes on for ever',
    find: "  completed: 'completed',\n  succeeded: 'completed',",
    replace: "  succeeded: 'completed',",
  },
  {
    why: 'the end of a job is read as its beginning',
    find: "    startedAt: instantIn(properties['startTime']),\n    endedAt: instantIn(properties['endTime']),",
    replace:
      "    startedAt: instantIn(properties['endTime']),\n    endedAt: instantIn(properties['startTime']),",
  },
  {
    why: 'soft delete goes unnoticed',
    find: "if (properties['isScheduledForDeferredDelete'] === true) return 'softDeleted';",
    replace: '',
  },
  {
    why: 'a share that awaits its first backup does not count as protected',
    find: "  irpending: 'protected',\n",
    replace: '',
  },
  {
    why: 'an instance counts as settled while it is being configured',
    find: "['configuringprotection', 'updatingprotection', 'softdeleting']",
    replace: "['updatingprotection', 'softdeleting']",
  },
  {
    why: 'an instance in error is not looked at again',
    find: '  yield* takeStep(context, syncInstance, { instanceId: instance.id });\n',
    replace: '',
  },
  {
    why: 'a datasource is configured without being validated',
    find: '    yield* takeStep(context, validateForBackup, input);\n',
    replace: '',
  },
  {
    why: 'a validation is sent twice',
    find: '    yield* takeStep(context, validateForBackup, input);\n',
    replace:
      '    yield* takeStep(context, validateForBackup, input);\n    yield* takeStep(context, validateForBackup, input);\n',
  },
  {
    why: 'the wrong operation of an accepted write is followed',
    find: "const [pollUrl, otherUrl] = which === 'status' ? [status, result] : [result, status];",
    replace: "const [pollUrl, otherUrl] = which === 'status' ? [result, status] : [status, result];",
  },
  {
    why: "the service's code for a failure is lost",
    find: "return failureOf({ ...parts, code: parts.code ?? 'OperationFailed' }, 200, undefined);",
    replace: "return failureOf({ ...parts, code: 'OperationFailed' }, 200, undefined);",
  },
  {
    why: 'a recovery point is not the one of the job',
    find: 'const [first] = within.sort((a, b) => Date.parse(pointTime(a)) - Date.parse(pointTime(b)));',
    replace: 'const [first] = rows.filter((row) => !within.includes(row));',
  },
  {
    why: 'a signed URL is used otherwise than it came',
    find: "  const operationId = lastSegment(pollUrl);\n  return {\n    kind: 'running',\n    pollUrl,",
    replace:
      "  const operationId = lastSegment(pollUrl);\n  return {\n    kind: 'running',\n    pollUrl: pollUrl.replace(/(operationsStatus|operationResults)/i, '$1/x'),",
  },
];
