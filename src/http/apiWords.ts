import type { Json } from '../arm/call.ts';

/** What a field means, and one value it may have; a value that the schema itself gives away is left out. */
export interface FieldWords {
  readonly description?: string;
  readonly example?: Json;
}

const subscription = '11111111-1111-4111-8111-111111111111';
const group = `/subscriptions/${subscription}/resourceGroups/files`;
const vaultId = `${group}/providers/Microsoft.RecoveryServices/vaults/files-west`;
const policyId = `${vaultId}/backupPolicies/daily-30-days`;
const storageAccountId = `${group}/providers/Microsoft.Storage/storageAccounts/financefiles`;
const shareId = `${storageAccountId}/fileServices/default/shares/invoices`;
const itemId = `${vaultId}/backupFabrics/Azure/protectionContainers/StorageContainer;storage;files;financefiles/protectedItems/AzureFileShare;7a3f`;
const diskId = `${group}/providers/Microsoft.Compute/disks/data-1`;
const backupVaultId = `${group}/providers/Microsoft.DataProtection/backupVaults/disks-west`;
const instanceId = `${backupVaultId}/backupInstances/data-1-2f6c`;
const runId = '3f9a1c0d5e7b2a4680c1d3e5f7091b2d4c6e8f01';
const jobId = 'e6d29bcd-d630-43e0-84cd-eab663978ddb';
const shareTarget = { kind: 'fileShare', vaultId, storageAccountId, share: 'invoices' } as const;

/** Bodies to try, by schema. */
export const bodyExamples: Readonly<Record<string, Json>> = {
  Target: shareTarget,
  BackupRequest: { target: shareTarget, keepFor: 'P30D' },
  ProtectionRequest: { target: shareTarget, vaultId, policyId, backUpAfterwards: true },
  StopRequest: { target: { id: itemId }, mode: 'retain' },
  ResumeRequest: { target: { id: itemId }, policyId },
  CloseRequest: { reason: 'The backup was found in the vault and checked by hand.' },
  SweepRequest: { dryRun: true },
  DrillRequest: {
    target: shareTarget,
    into: { fileShare: { storageAccount: storageAccountId } },
    dryRun: true,
  },
  Run: {
    id: runId,
    kind: 'backUp',
    status: 'completed',
    target: shareTarget,
    requestedBy: { source: 'http', caller: 'local', key: 'release-2026-47' },
    createdAt: '2026-11-21T02:00:00.000Z',
    endedAt: '2026-11-21T02:03:10.000Z',
    generation: 1,
    steps: [
      {
        name: 'recoveryServices.backUpNow',
        status: 'done',
        startedAt: '2026-11-21T02:00:01.000Z',
        endedAt: '2026-11-21T02:00:02.000Z',
        asks: 1,
      },
    ],
    operation: { status: 'Succeeded' },
    job: {
      id: jobId,
      status: 'Completed',
      startedAt: '2026-11-21T02:00:02.000Z',
      endedAt: '2026-11-21T02:03:00.000Z',
    },
    recoveryPoint: {
      id: `${itemId}/recoveryPoints/112825640820396`,
      at: '2026-11-21T02:00:03.000Z',
      tiers: [{ type: 'Snapshot', expiresAt: '2026-12-21T02:00:00.000Z' }],
    },
    result: { expiresAt: '2026-12-21T02:00:00.000Z' },
    warnings: [],
  },
  McpMessage: {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'coverage', arguments: { state: 'late', top: 5 } },
  },
  Error: {
    error: {
      code: 'InvalidRequest',
      message: 'keepFor: from 1 day to 99 years',
      target: 'body',
      details: [{ code: 'InvalidValue', message: 'from 1 day to 99 years', target: 'keepFor' }],
    },
  },
};

/** What each schema is. */
export const schemaWords: Readonly<Record<string, string>> = {
  Target:
    'What a request acts on: a named thing in a vault, or the ARM id of a protected item, backup instance or datasource.',
  BackupRequest: 'Exactly one of target, targets and rule says what is backed up.',
  ProtectionRequest: 'What is protected, in which vault, by which policy.',
  StopRequest: 'Stops the protection of an item.',
  ResumeRequest: 'Resumes the protection of an item.',
  CloseRequest: 'Why a person closes a run that ended unknown.',
  SweepRequest: 'A dry run unless it says otherwise.',
  DrillRequest: 'A drill of the plan, or one target and where it is restored to.',
  Run: 'One request carried to its end, and what came of it.',
  RunPage: 'Runs, newest first.',
  Plan: 'The plan beside what Azure holds.',
  Health: 'Whether the app could start.',
  McpMessage: 'A message of the Model Context Protocol, or the answer to one: JSON-RPC 2.0.',
  Error: 'A request that was not accepted, and why.',
  CoveragePage: 'One row per resource, worst and oldest first.',
  CoverageResource: 'One resource and the changes of its state.',
  CoverageHistory: 'Counts of states by kind, day by day.',
  Vaults: 'Vaults: how they are set up and what goes on in them.',
};

/** By `Schema.path.to.field`, else by `parent.field`, else by the field's name. */
export const fieldWords: Readonly<Record<string, FieldWords>> = {
  'McpMessage.jsonrpc': { description: 'The version of JSON-RPC.' },
  'McpMessage.id': { description: 'Pairs an answer with its message; a notification has none.', example: 1 },
  'McpMessage.method': { description: 'What is asked.', example: 'tools/call' },
  'McpMessage.params': {
    description: 'What it is asked with.',
    example: { name: 'coverage', arguments: {} },
  },
  'McpMessage.result': {
    description: 'The answer; one of a tool says with isError that it was refused.',
    example: { content: [] },
  },
  'McpMessage.error': { description: 'Why there is no answer.' },
  'McpMessage.error.code': { description: 'A code of JSON-RPC.', example: -32602 },
  'McpMessage.error.message': { description: 'The same in words.', example: 'There is no tool "restore".' },
  id: { description: 'ARM id.', example: itemId },
  'Run.id': { description: 'Id of the run: 40 hexadecimal digits.', example: runId },
  'RunPage.value.id': { description: 'Id of the run: 40 hexadecimal digits.', example: runId },
  'job.id': { description: "The service's id of the job.", example: jobId },
  'recoveryPoint.id': {
    description: 'ARM id of the recovery point.',
    example: `${itemId}/recoveryPoints/112825640820396`,
  },
  'lastGoodPoint.id': {
    description: 'ARM id of the recovery point.',
    example: `${itemId}/recoveryPoints/112825640820396`,
  },
  'lastRun.id': { description: 'Id of the run.', example: runId },
  'resource.id': { example: shareId },
  'CoveragePage.value.id': { example: shareId },
  'Vaults.value.id': { example: vaultId },
  kind: { description: 'Kind of datasource.' },
  'skipped.kind': { example: 'disk' },
  'Run.kind': { description: 'What was asked for.' },
  'RunPage.value.kind': { description: 'What was asked for.' },
  'lastRun.kind': { description: 'What was asked for.', example: 'backUp' },
  'listRuns.kind': { description: 'Runs of this kind only.' },
  'dailyLimits.kind': { description: 'Kind of datasource.', example: 'disk' },
  'getCoverage.kind': { description: 'Resources of this kind only.' },
  vaultId: {
    description: 'ARM id of the vault; of the service that the kind of target belongs to.',
    example: vaultId,
  },
  storageAccountId: { description: 'ARM id of the storage account.', example: storageAccountId },
  share: { description: 'Name of the file share.', example: 'invoices' },
  virtualMachineId: {
    description: 'ARM id of the virtual machine.',
    example: `${group}/providers/Microsoft.Compute/virtualMachines/shop-vm`,
  },
  container: {
    description: 'Name of the virtual machine, or of the protection container.',
    example: 'shop-sql',
  },
  database: { description: 'Name of the database.', example: 'orders' },
  datasourceId: { description: 'ARM id of the disk or of the storage account.', example: diskId },
  target: { description: 'What the request acts on.' },
  'Error.error.target': {
    description: 'The field, header or query parameter that is wrong.',
    example: 'body',
  },
  'details.target': { description: 'The field that is wrong, as a path.', example: 'keepFor' },
  'wouldDo.target': { description: 'What would be protected: an ARM id.', example: shareId },
  'Run.nextLink': { description: 'Path of the list of all.', example: `/api/runs/${runId}/items` },
  'ItemPage.value.target': { description: 'The item: an ARM id.', example: shareId },
  'ItemPage.value.asks': {
    description: 'What its run is asked for, or would be.',
    example: { kind: 'protect', target: shareTarget, policyId },
  },
  'ItemPage.nextLink': {
    description: 'The next page; missing on the last.',
    example: `https://example.azurewebsites.net/api/runs/${runId}/items?continuation=item-3f9a1c0d5e7b2a4680c1d3e5`,
  },
  'failures.target': { description: 'The item: an ARM id.', example: shareId },
  'listRuns.target': { description: 'Runs about this ARM id only.', example: shareId },
  targets: { description: 'Up to 100 things to back up: each gets a run of its own in one batch.' },
  rule: { description: 'Name of a rule of the plan.', example: 'shares tagged daily' },
  'BackupRequest.rule': {
    description: 'Name of a rule of the plan: everything it selects is backed up, in one batch.',
  },
  'getCoverage.rule': { description: 'Resources that this rule selects only.' },
  keepFor: {
    description:
      'How long the backup is kept: an ISO 8601 duration of days, weeks, months or years; P30D where the kind takes an expiry.',
    example: 'P30D',
  },
  retentionTag: { description: "Retention tag of a Backup vault's policy.", example: 'Weekly' },
  backupRule: {
    description: 'Backup rule of the policy; needed where it has more than one.',
    example: 'BackupDaily',
  },
  backupType: { description: 'Kind of database backup; other datasources know Full alone.' },
  compress: { description: 'Whether a database backup is compressed.' },
  protectFirst: { description: 'Protects what is not protected yet, by this policy, and then backs it up.' },
  policyId: { description: 'ARM id of the policy, which lies in the same vault.', example: policyId },
  snapshotResourceGroupId: {
    description: 'Resource group for snapshots of disks.',
    example: `/subscriptions/${subscription}/resourceGroups/snapshots`,
  },
  containers: {
    description: 'Blob containers that a vaulted protection covers.',
    example: { pattern: 'invoices-*' },
  },
  list: { description: 'Names of containers.', example: ['invoices-2026'] },
  pattern: { description: 'Pattern of names, `*` for any characters.', example: 'invoices-*' },
  autoProtect: {
    description: 'Whether containers that appear later are covered too; with exceptions.',
    example: true,
  },
  excludePrefixes: { description: 'Beginnings of names that stay out.', example: ['tmp-'] },
  grantRoles: { description: "Whether missing roles of the vault's identity are granted." },
  lockStorageAccount: { description: 'Whether the service puts a delete lock on the storage account.' },
  backUpAfterwards: { description: 'Whether a first backup follows at once.' },
  mode: { description: 'retain keeps backups for ever, suspend by policy, deleteData deletes them.' },
  confirm: { description: "The item's name, as consent to deleting its data.", example: 'invoices' },
  undelete: { description: 'Whether deleted backups are brought back first.' },
  reason: {
    description: 'Why, in a sentence.',
    example: 'rule "shares tagged daily": the tag backup is absent',
  },
  'CloseRequest.reason': {
    description: 'Why the run is closed.',
    example: 'The backup was found in the vault.',
  },
  'DrillRequest.dryRun': {
    description: 'True: says what would be restored where, and what stands in the way; makes nothing.',
  },
  'DrillRequest.drill': { description: 'Name of a drill of the plan.', example: 'monthly' },
  'drills.name': { description: 'Name of the drill.', example: 'monthly' },
  point: { description: 'Which recovery point is restored.' },
  choose: { description: 'The newest point, or any; those that only the archive keeps are passed over.' },
  'point.within': { description: 'How far back: days, ISO 8601.', example: 'P30D' },
  'point.name': { description: 'One point by its name.', example: '112825640820396' },
  into: { description: 'Where things are restored to, by kind; each place must lie in safety.drillTargets.' },
  'into.fileShare': { description: 'Of file shares: an account; the share is made and deleted.' },
  'into.disk': { description: 'Of disks: a resource group; the new disk is deleted.' },
  'into.blobs': { description: 'Of vaulted blobs: an account that has no container of those names.' },
  'fileShare.items': {
    description:
      'Files, and directories with a slash at the end, that are restored instead of the whole share; of every share of the drill.',
    example: ['index.db', 'reports/2026/'],
  },
  itemsAtMost: {
    description: 'How many of the items one drill takes, another choice each time.',
    example: 3,
  },
  evenIfPrivate: {
    description:
      'Also disks whose network access is DenyAll or AllowPrivate, which a restore cannot ask for the copy.',
  },
  'into.virtualMachine': {
    description:
      'Of machines: each drill makes a resource group in the subscription, restores the disks into it, and deletes it whole.',
  },
  'virtualMachine.subscription': {
    description: 'ARM id of the subscription in which drills make groups of their own.',
    example: group.replace(/\/resourceGroups.*/, ''),
  },
  stagingAccount: {
    description:
      'ARM id of a storage account in the region of the vault, not zone-redundant, with shared keys.',
    example: storageAccountId,
  },
  'virtualMachine.disks': {
    description: 'The disk with the operating system, or all of the point.',
    example: 'os',
  },
  guardRequest: {
    description: 'Request of the Resource Guard that was approved, where one guards restores of the vault.',
    example: `${group}/providers/Microsoft.DataProtection/resourceGuards/two-persons/triggerRestoreRequests/default`,
  },
  storageAccount: { description: 'ARM id of a storage account.', example: storageAccountId },
  'disk.resourceGroup': { description: 'ARM id of a resource group.', example: group },
  check: { description: 'What must be true of what came back.' },
  minimumFiles: { description: 'Of a share: fewer files make the verdict empty.', example: 1 },
  'check.webhook': {
    description: 'Asked by https for a verdict: 200 good, 422 bad, 202 later.',
    example: 'https://verify.example.org/restored',
  },
  'check.within': { description: 'How long the webhook may take; then unverified.', example: 'PT2H' },
  'DrillRequest.keepFor': {
    description: 'How long the restored thing is kept after a good verdict: minutes and hours, ISO 8601.',
    example: 'PT1H',
  },
  'drills.keepFor': {
    description: 'How long the restored thing is kept after a good verdict: minutes and hours, ISO 8601.',
    example: 'PT1H',
  },
  restoreWithin: { description: 'Time to restore: longer is proven late.', example: 'PT4H' },
  'drills.target': { description: 'Time to restore: longer is proven late.', example: 'PT4H' },
  'drills.of': {
    description: 'What is drilled: rules, or a match.',
    example: { rules: ['shares tagged daily'] },
  },
  'of.rules': { description: 'Names of rules.', example: ['shares tagged daily'] },
  'drills.sample': { description: 'How many of them one occurrence takes.' },
  'sample.share': { description: 'Per cent of what is selected.', example: 5 },
  atLeast: { description: 'At least so many.', example: 1 },
  atMost: { description: 'At most so many.', example: 20 },
  restoresADay: { description: 'Restores that the drill begins on one UTC day.', example: 20 },
  'inForce.drills': { description: 'Restores of a sample at set times.' },
  'safety.drillTargets': {
    description:
      'Resource groups and storage accounts that drills restore into, and delete from what they made; of a subscription only the groups that drills of machines make there.',
    example: [group],
  },
  dryRun: { description: 'False protects what is missing; otherwise it is only told.' },
  status: { description: 'How it stands.' },
  'Run.status': {
    description: 'How the run stands; timedOut: the job may still run; unknown: a person must close it.',
  },
  'listRuns.status': { description: 'Runs with this status only.' },
  'steps.status': { description: 'How the step stands.', example: 'done' },
  'operation.status': { description: "The operation's own word.", example: 'Succeeded' },
  'job.status': { example: 'Completed' },
  'lastRun.status': { description: 'How the run stands.', example: 'completed' },
  'Health.status': { description: 'degraded when anything is bad: `reasons` has it.', example: 'healthy' },
  'Health.reasons': {
    description: 'Everything that is bad; this and all below with Backups.Read alone.',
    example: ['Messages of steps were given up: 2.'],
  },
  'Health.storage': { description: "The app's own storage." },
  'Health.queues': { description: 'Messages that wait, hidden ones included.' },
  'Health.timers': { description: 'Every timer of the app.' },
  'Health.plan': { description: 'How the plan stands.' },
  'Health.signingKeys': {
    description: "Keys of the issuer of callers' tokens; absent without access control.",
  },
  'Health.arm': { description: 'The last request of this instance to Azure; absent before the first one.' },
  'queues.steps': { description: 'Steps on their way.', example: 3 },
  'queues.poison': { description: 'Messages given up.', example: 0 },
  'timers.name': { description: 'Name of the function.', example: 'scheduleTick' },
  lastTickAt: { description: 'The last tick that went well.', example: '2026-11-21T02:00:00.000Z' },
  isLate: { description: 'No tick for longer than the timer may be silent.' },
  'plan.standing': {
    description: 'lastGood: the text there is broken or out of reach; empty: there is none.',
  },
  'plan.since': { description: 'Since when it stands so.', example: '2026-11-01T08:05:00.000Z' },
  'plan.problems': { description: 'Errors of a broken text, else warnings.', example: 0 },
  'plan.fault': { description: 'What is bad about it.', example: 'There is no plan at plan.json.' },
  'signingKeys.readAt': {
    description: 'When the keys in use were read.',
    example: '2026-11-21T01:10:00.000Z',
  },
  'signingKeys.failure': {
    description: 'Why the last reading failed.',
    example: 'The issuer does not answer.',
  },
  reachable: { description: 'Whether anything answered.', example: true },
  'arm.at': { description: 'When.', example: '2026-11-21T02:00:01.000Z' },
  'arm.reason': { description: 'Why nothing answered.' },
  requestedBy: { description: 'Who asked.' },
  source: { description: 'Where it comes from.' },
  'orphans.source': { description: 'ARM id of the resource that is gone.', example: diskId },
  caller: {
    description: 'Tenant and object id of the caller; `local` without access control.',
    example: 'local',
  },
  key: { description: 'The idempotency key, as given or made.', example: 'release-2026-47' },
  createdAt: { description: 'When the request was accepted.' },
  startedAt: { description: 'When it began.' },
  endedAt: { description: 'When it ended; absent while it goes on.' },
  batch: { description: 'Id of the batch that the run belongs to.', example: runId },
  generation: { description: 'Which flow of the run counts: a later one replaces one that was lost.' },
  steps: { description: 'The calls to Azure, in order.' },
  name: { description: 'Name.', example: 'invoices' },
  'steps.name': { description: 'Name of the step.', example: 'recoveryServices.backUpNow' },
  asks: { description: 'How often it was asked.' },
  detail: { description: 'What it waits for.', example: 'state: ConfiguringProtection' },
  operation: { description: "Azure's long-running operation, which begins the job." },
  job: { description: "Azure Backup's job, as last seen." },
  progress: { description: "The service's own words.", example: 'Transfer data to vault 40 %' },
  recoveryPoint: { description: 'The proof that a backup exists.' },
  at: { description: 'When.' },
  type: { description: "The service's word.", example: 'Snapshot' },
  tiers: { description: 'Where copies lie.' },
  expiresAt: { description: 'When the copy is deleted, or the expiry that was sent.' },
  result: { description: 'What came of it, by kind and service.' },
  protectedItemId: { description: 'The protected item.', example: itemId },
  backupInstanceId: { description: 'The backup instance.', example: instanceId },
  protectionState: { description: "The service's word for the item's state.", example: 'Protected' },
  state: { description: "The service's word for the state.", example: 'ProtectionConfigured' },
  'getCoverage.state': { description: 'Resources in this state only.' },
  'CoveragePage.value.state': { description: 'The one verdict.' },
  'resource.state': { description: 'The one verdict.' },
  'history.state': { description: 'The state from then on.' },
  change: { description: 'What protecting has changed.' },
  differences: {
    description: 'In what a protection that was there differed from what was asked, before it was changed.',
  },
  wouldChange: { description: 'In what a protection that is there differs from what is asked.' },
  what: { description: 'What differs.', example: 'policy' },
  is: { description: 'As it is.', example: 'daily' },
  asked: { description: 'As it was asked for.', example: 'weekly' },
  wouldDo: {
    description: 'What protecting would do, step by step; empty when all is as wanted.',
    example: ['register storage account', 'protect'],
  },
  wouldSend: { description: 'What a backup would send.', example: { keepFor: 'P30D' } },
  'protect.identity': {
    description: 'Identity of the vault that is used: systemAssigned, or the ARM id of a user-assigned one.',
    example: 'systemAssigned',
  },
  'ProtectionRequest.identity': {
    description: 'Identity of the vault that is used: systemAssigned, or the ARM id of a user-assigned one.',
    example: 'systemAssigned',
  },
  accessType: {
    description:
      'Of shares: whether the vault reaches the storage account by its keys or by an identity. Absent: as it is, keys for a new registration.',
  },
  cancelRequestedBy: { description: 'Who asked for the cancellation.', example: 'local' },
  joined: { description: 'A backup was running already and was followed instead.' },
  ruleName: { description: 'Backup rule of the policy that was used.', example: 'BackupDaily' },
  softDeleted: { description: 'Whether soft delete keeps the deleted backups.' },
  keptUntil: { description: 'Until when they can be brought back.' },
  closedAt: { description: 'When a person closed the run.' },
  was: { description: 'The error before it was closed.' },
  error: { description: 'Why it did not go well.' },
  code: {
    description: "The service's code as it came, or ours.",
    example: 'UserErrorBackupOperationInProgress',
  },
  message: { description: 'The same in words.', example: 'A backup of this item is in progress.' },
  advice: { description: 'What to do.', example: 'Wait for the running backup.' },
  correlationId: { description: 'What the service finds the request by.', example: jobId },
  details: { description: 'Every problem, each with its path.' },
  warnings: {
    description: 'What a person should know although it went on.',
    example: ['The expiry was not sent: the policy decides.'],
  },
  resourceId: { description: 'The resource whose backup was drilled.', example: shareId },
  'result.point': { description: 'The recovery point that was restored.' },
  'wouldRestore.point': { description: 'The recovery point that would be restored.' },
  restoredTo: {
    description: 'What the drill made, and deleted again unless it is left.',
    example: [`${storageAccountId}/fileServices/default/shares/abd-${runId}`],
  },
  'result.counts': {
    description: 'What came back, as the kind tells it: files, containers, or size.',
    example: { restored: 12, failed: 0, skipped: 0 },
  },
  left: { description: 'What is not shown to be deleted, each with the reason.' },
  'left.reason': {
    description: 'Why it is still there.',
    example: 'it is still there, its state is Succeeded',
  },
  wouldRestore: { description: 'Of the dry run of a drill: what it would restore, and where.' },
  to: {
    description: 'What it would make.',
    example: [`${storageAccountId}/fileServices/default/shares/abd-${runId}`],
  },
  obstacles: { description: 'What stands in the way; empty when nothing does.', example: [] },
  counts: { description: 'How many, by state.', example: { total: 12, completed: 11, failed: 1 } },
  failures: { description: 'Of a batch: the first items that did not go well.' },
  run: { description: 'Id of the run.', example: runId },
  report: {
    description: 'Of a batch: durations in seconds, what was skipped and why, what a sweep found.',
    example: { skipped: 2 },
  },
  value: { description: 'The rows of this page.' },
  nextLink: {
    description: 'Address of the next page; absent on the last.',
    example: 'https://example.azurewebsites.net/api/runs?continuation=abc',
  },
  location: { description: "The plan's file or URL.", example: 'plan.json' },
  standing: { description: 'How it is beside what it should be.' },
  'Plan.standing': {
    description:
      'current: in force as it lies there; lastGood: broken, an earlier one holds; empty: there is none.',
  },
  problems: { description: 'Errors of a broken plan, else warnings.' },
  severity: { description: 'Whether it keeps the plan from being used.' },
  path: { description: 'Where in the plan.', example: 'rules[0].match' },
  rules: { description: 'By rule, in the order of the plan, what it selects.' },
  selected: { description: 'The resources that the rule selects.' },
  'summary.selected': { example: 40 },
  protectedBy: { description: 'The protected item or backup instance.', example: itemId },
  drift: {
    description: 'How the protection differs from the rule.',
    example: 'it is protected by another policy',
  },
  skipped: { description: 'Resources that no rule selects, each with the reason.' },
  orphans: { description: 'Protections whose source is gone.' },
  item: { description: 'The protected item or backup instance.', example: itemId },
  subscriptionId: { description: 'Subscription.', example: subscription },
  subscription: { description: 'Resources of this subscription only.', example: subscription },
  resourceGroup: { description: 'Resource group.', example: 'files' },
  region: { description: 'Region.', example: 'westeurope' },
  serviceWords: { example: 'BackupsSuspended' },
  excludedBy: { example: 'exclude.names: tmp-*' },
  itemId: { example: itemId },
  expect: { description: 'How fresh the newest backup should be.' },
  every: { description: 'How old the newest point may be: an ISO 8601 duration.', example: 'P1D' },
  grace: { description: 'How much later the state is down: an ISO 8601 duration.', example: 'PT6H' },
  lastGoodPoint: { description: 'The newest recovery point that is known.' },
  tier: { example: 'VaultStandard' },
  nextOccurrence: { description: 'When a schedule backs it up next.' },
  schedule: { description: 'Name of the schedule.', example: 'before the nightly close' },
  verdict: { description: 'What came of it.', example: 'passed' },
  'drill.reason': { example: 'DrillEmpty: 0 files came back, fewer than 1.' },
  pointAt: { description: 'Of when the restored point was.' },
  restoreSeconds: { description: 'How long the restore took, in seconds.', example: 600 },
  summary: { description: 'What is true of the whole estate.' },
  total: { description: 'All resources.', example: 120 },
  incompleteReasons: {
    description: 'What could not be read.',
    example: ['subscription 2222: Reader is missing'],
  },
  rows: { description: 'Rows read so far.', example: 40 },
  resource: { description: 'The resource and its one verdict.' },
  history: { description: 'Changes of its state, newest first.' },
  days: { description: 'Days, oldest first.' },
  date: { description: 'The day, UTC.' },
  kinds: { description: 'By kind, how many resources were in each state.', example: { disk: { ok: 10 } } },
  'Vaults.value.type': { description: 'Which service the vault belongs to.' },
  problem: { example: 'Reader is missing on the vault.' },
  posture: { description: 'How the vault is set up, control by control.' },
  control: { description: 'The control.' },
  property: { example: 'properties.securitySettings.softDeleteSettings' },
  'posture.value': { example: 'AlwaysON' },
  items: { example: { protected: 12 } },
  jobsInFlight: { description: 'Jobs that go on now.', example: 2 },
  budgets: { description: 'Requests that may still be made.' },
  action: { example: 'reads' },
  remaining: { description: 'Requests left.', example: 240 },
  limit: { description: 'Most of them.', example: 250 },
  pausedUntil: { description: 'No request before.' },
  dailyLimits: { description: 'On-demand backups of items today.' },
  'dailyLimits.item': { example: itemId },
  used: { description: 'Backups today.', example: 3 },
  day: { description: 'The day, UTC.', example: '2026-11-21' },
  inForce: { description: 'The plan that is in force.' },
  lyingThere: { description: 'The text at its place where that is not in force.', example: '{ "rules": [' },
  occurrences: {
    description: 'By schedule: the next five.',
    example: { 'before the nightly close': ['2026-11-22T00:30:00.000Z'] },
  },
  drillOccurrences: { example: { monthly: ['2026-12-01T03:00:00.000Z'] } },
  $schema: { description: 'Where the schema of the plan lies.', example: './plan.schema.json' },
  'inForce.rules': { description: 'What is protected, and how; the first matching rule wins.' },
  match: { description: 'Which resources: every condition given must hold.' },
  subscriptions: { description: 'Ids of subscriptions.', example: [subscription] },
  resourceGroups: { description: 'Patterns of resource groups.', example: ['archive-*'] },
  regions: { description: 'Regions.', example: ['westeurope'] },
  tags: { description: 'Tags and what their values must be.', example: { backup: 'daily' } },
  names: { description: 'Patterns of names.', example: ['prod-*'] },
  exclude: { description: 'What is taken out again.' },
  protect: { description: 'How they are protected.' },
  'protect.vaults': {
    description: 'Vault by region, `*` for every other one.',
    example: { westeurope: vaultId },
  },
  'safety.vaults': { description: 'The vaults that may be written to.', example: [vaultId] },
  policy: { description: 'Name of the policy in that vault.', example: 'daily-30-days' },
  snapshotResourceGroup: {
    description: 'Resource group for snapshots of disks.',
    example: `/subscriptions/${subscription}/resourceGroups/snapshots`,
  },
  schedules: { description: 'What is backed up when.' },
  cron: { description: 'Minute, hour, day of month, month, day of week.', example: '30 1 * * *' },
  timeZone: { description: 'IANA time zone in which the cron line counts.', example: 'Europe/Berlin' },
  backUp: {
    description: 'What it backs up: what rules select, what matches, or items.',
    example: { rules: ['shares tagged daily'] },
  },
  'backUp.rules': { description: 'Names of rules.', example: ['shares tagged daily'] },
  'backUp.items': { description: 'Protected items and backup instances.', example: [itemId] },
  window: { description: 'How long after its time an occurrence may still begin.', example: 'PT4H' },
  catchUp: { description: 'Which missed occurrences begin.' },
  concurrency: { description: 'How many backups run at a time.', example: 20 },
  notifications: { description: 'Who hears of which endings.' },
  endings: { description: 'The endings that are told.', example: ['failed', 'timedOut'] },
  webhook: { description: 'The setting that names the webhook.' },
  channels: { description: 'Where changes of state and endings are told.' },
  url: { description: 'Name of the setting that holds the address.', example: 'NOTIFY_URL' },
  secret: { description: 'Name of the setting that holds the signing key.', example: 'NOTIFY_KEY' },
  tells: { description: 'What this channel is told.' },
  digest: { description: 'When a summary is told.' },
  'channels.rules': { description: 'What these rules select, alone.', example: ['shares tagged daily'] },
  safety: { description: 'What may be written to; nothing outside ever is.' },
  deleteBackups: { description: 'Whether backups may be deleted.' },
  'getCoverage.vault': {
    description: 'Resources protected in this vault only: its ARM id.',
    example: vaultId,
  },
  'getCoverageHistory.days': { description: 'How many days back.', example: '90' },
  top: { description: 'Rows of a page.', example: '50' },
  'getCoverage.continuation': {
    description: 'Where the page before ended: taken from its nextLink.',
    example: `03|0001763690400|${runId}`,
  },
  'listRuns.continuation': {
    description: 'Where the page before ended: taken from its nextLink.',
    example: `8236309600000-${runId}`,
  },
  wait: { description: 'Seconds for which the answer is held until the run has ended.', example: 60 },
  'Idempotency-Key': {
    description: 'Makes the request the same request when it is sent again; one is made where it is missing.',
    example: 'release-2026-47',
  },
  'getRun.id': { description: 'Id of the run.', example: runId },
  'listItems.id': { description: 'Id of the batch or sweep.', example: runId },
  'listItems.continuation': {
    description: 'Where the page before ended: taken from its nextLink.',
    example: 'item-3f9a1c0d5e7b2a4680c1d3e5',
  },
  'listRuns.since': {
    description: 'Runs asked for at this instant or later.',
    example: '2026-11-21T00:00:00Z',
  },
  'listRuns.until': { description: 'Runs asked for before this instant.', example: '2026-11-22T00:00:00Z' },
  'cancelRun.id': { description: 'Id of the run.', example: runId },
  'closeRun.id': { description: 'Id of the run.', example: runId },
  'listRuns.batch': { description: 'Children of this batch only.', example: runId },
};

/** The groups of operations. */
export const tagWords: Readonly<Record<string, string>> = {
  Backups: 'Backing up what is protected, or is protected first.',
  Protections: 'Protecting, stopping, resuming.',
  Runs: 'What requests have come to.',
  Plan: 'What should be protected and backed up, beside what Azure holds.',
  Coverage: 'What is protected, how fresh its backups are, and why not.',
  App: 'The app itself.',
  Assistants: 'The same reads, and backups, for assistants.',
};

/** By operation: its group, and what a caller should know beyond the summary. */
export const operationWords: Readonly<
  Record<string, { readonly tag: string; readonly description: string }>
> = {
  startBackup: {
    tag: 'Backups',
    description:
      'Accepted once per idempotency key: the same key and body answer the same run, never a second backup. The run follows the operation and the job to its end; several targets or a rule make a batch.',
  },
  startProtection: {
    tag: 'Protections',
    description:
      'Discovers, registers and protects by the policy, and waits until the service really protects; missing roles are granted where asked for. What is protected already ends the run as skipped.',
  },
  validateProtection: {
    tag: 'Protections',
    description:
      "Reads and asks the service's own validation; result.wouldDo lists what protecting would do.",
  },
  stopProtection: {
    tag: 'Protections',
    description:
      "Deleting data needs the setting DELETE_BACKUPS, a vault that the plan lists, safety.deleteBackups and the item's name in confirm.",
  },
  resumeProtection: {
    tag: 'Protections',
    description: 'Protects again what was stopped or suspended; undelete brings deleted backups back first.',
  },
  listRuns: { tag: 'Runs', description: 'A page reads a number of rows that does not grow with the table.' },
  getRun: {
    tag: 'Runs',
    description: 'Steps, operation, job, recovery point; of a batch its counts and failures.',
  },
  listItems: {
    tag: 'Runs',
    description:
      'In no order that means anything; every item once, also those that are skipped or only told.',
  },
  cancelRun: {
    tag: 'Runs',
    description: 'Where the service cannot cancel the job the record says so, and the job is followed on.',
  },
  closeRun: {
    tag: 'Runs',
    description: 'The run becomes failed with the reason; any other run is left as it is.',
  },
  getPlan: {
    tag: 'Plan',
    description:
      'Reads Azure now: by rule what it selects and how that is protected, what is passed over and why.',
  },
  startDrill: {
    tag: 'Plan',
    description:
      'Restores aside, checks what came back, deletes it and shows that it is gone; needs RESTORE_DRILLS and safety.drillTargets.',
  },
  startSweep: {
    tag: 'Plan',
    description:
      'What the nightly sweep does, now; without a body a dry run, whose wouldDo tells what it would protect. Orphans and drift are told and never changed.',
  },
  getCoverage: {
    tag: 'Coverage',
    description:
      'From the last read of Azure: summary.readAt says when, summary.complete whether all could be read.',
  },
  getCoverageResource: { tag: 'Coverage', description: 'Changes of 400 days, newest first.' },
  getCoverageHistory: { tag: 'Coverage', description: 'Per day the last complete read.' },
  getVaults: {
    tag: 'Coverage',
    description: 'Controls that pass, fail or cannot be read, jobs in flight, requests left.',
  },
  health: {
    tag: 'App',
    description:
      'Open to everyone in short, in full with Backups.Read. Names settings that are wrong, never values.',
  },
  mcp: {
    tag: 'Assistants',
    description:
      'Streamable HTTP of the Model Context Protocol, without sessions and streams: each POST is one message, each answer is JSON. Clients of 2026-07-28 are answered, and those that begin with initialize. Its tools check what the operations of the same kind check; back_up_now needs Backups.Run besides.',
  },
  openapi: { tag: 'App', description: 'Generated from the schemas that requests are checked with.' },
};
