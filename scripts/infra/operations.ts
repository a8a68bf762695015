// What the client can ask Azure for: every call that a step or the job tracker describes, with the action Azure checks for it.
import type { ArmCall } from '../../src/arm/call.ts';
import { dataProtectionJobs } from '../../src/data-protection/jobList.ts';
import { dataProtectionSteps } from '../../src/data-protection/steps.ts';
import { recoveryServicesJobs } from '../../src/recovery-services/jobList.ts';
import { recoveryServicesSteps } from '../../src/recovery-services/steps.ts';
import { resourceSteps } from '../../src/resources/steps.ts';

type AnyStep = (typeof recoveryServicesSteps)[number];

/** A call of the client. `action` is made of method and path; `said` is what the code calls it. */
export interface Operation {
  readonly by: string;
  readonly method: ArmCall['method'];
  readonly path: string;
  readonly action: string;
  readonly said: string;
}

const group = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg';
const recoveryVault = `${group}/providers/Microsoft.RecoveryServices/vaults/vault`;
const backupVault = `${group}/providers/Microsoft.DataProtection/backupVaults/vault`;
const item = `${recoveryVault}/backupFabrics/Azure/protectionContainers/container/protectedItems/item`;
const disk = `${group}/providers/Microsoft.Compute/disks/disk`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/account`;
const instant = '2026-11-21T02:00:00.000Z';

/** Words that the inputs of steps share. */
const words: Readonly<Record<string, unknown>> = {
  accountId: account,
  attemptId: '22222222-2222-2222-2222-222222222222',
  backupManagementType: 'AzureStorage',
  containerId: `${recoveryVault}/backupFabrics/Azure/protectionContainers/container`,
  containerName: 'container',
  expiresAt: instant,
  from: instant,
  friendlyName: 'share',
  groupId: group,
  itemId: item,
  jobId: '33333333-3333-3333-3333-333333333333',
  kind: 'fileShare',
  location: 'westeurope',
  machineId: `${group}/providers/Microsoft.Compute/virtualMachines/machine`,
  vaultLocation: 'westeurope',
  region: 'westeurope',
  lock: false,
  name: 'name',
  notAfter: instant,
  notBefore: instant,
  operationId: 'operation',
  parentName: 'parent',
  pointId: `${item}/recoveryPoints/point`,
  pointName: 'point',
  stagingAccountId: account,
  principalId: '44444444-4444-4444-4444-444444444444',
  query: 'resources',
  resourceId: disk,
  resourceName: 'disk',
  roleId: '3e5e47e6-65f7-47ef-90b5-e5dd4d455f24',
  ruleName: 'BackupDaily',
  scope: disk,
  sentAt: instant,
  share: 'share',
  shareId: `${account}/fileServices/default/shares/share`,
  snapshotResourceGroupId: group,
  sourceResourceId: account,
  storageAccountId: account,
  targetId: disk,
  subscriptions: ['11111111-1111-1111-1111-111111111111'],
  to: instant,
  virtualMachineId: `${group}/providers/Microsoft.Compute/virtualMachines/machine`,
};

const inRecoveryVault = {
  ...words,
  vaultId: recoveryVault,
  policyId: `${recoveryVault}/backupPolicies/policy`,
};
const inBackupVault = {
  ...words,
  kind: 'disk',
  vaultId: backupVault,
  instanceId: `${backupVault}/backupInstances/instance`,
  jobId: `${backupVault}/backupJobs/33333333-3333-3333-3333-333333333333`,
  policyId: `${backupVault}/backupPolicies/policy`,
};

const attempts = {
  attemptIds: ['22222222-2222-2222-2222-222222222222'],
  firstClaimAt: instant,
  lastSendBy: instant,
  joinForeign: false,
  isSettled: true,
};

const verbs = { GET: 'read', PUT: 'write', PATCH: 'write', POST: 'action', DELETE: 'delete' } as const;

/**
 * The action Azure checks for a request: provider and types of its path, then the verb; of a POST the last segment names
 * the deed. Resource Graph is asked by POST and checks a read.
 */
export function actionOf(method: ArmCall['method'], path: string): string {
  const [, provider, rest = ''] = /^.*\/providers\/([^/]+)\/(.*)$/i.exec(path) ?? [];
  if (provider === undefined) {
    const contents = /\/resources$/i.test(path) ? '/resources' : '';
    return `Microsoft.Resources/subscriptions/resourceGroups${contents}/${verbs[method]}`;
  }
  if (/^Microsoft\.ResourceGraph$/i.test(provider)) return 'Microsoft.ResourceGraph/resources/read';
  const segments = rest.split('/');
  const deed = method === 'POST' ? [segments.pop() ?? ''] : [];
  const types = segments.filter((_, at) => at % 2 === 0);
  return [provider, ...types, ...deed, verbs[method]].join('/');
}

const operationOf = (by: string, { method, path, action }: ArmCall): Operation => ({
  ...{ by, method, path, said: action },
  action: actionOf(method, path),
});

/** Instants are all alike; any other word that has no sample means `unknown`. */
const inputOf = (known: Readonly<Record<string, unknown>>, unknown: unknown): never =>
  new Proxy(known, {
    get: (words, word) => Reflect.get(words, word) ?? (/At$/.test(String(word)) ? instant : unknown),
  }) as never;

function describedBy(
  { describe, longRunning, repeat, precondition }: AnyStep,
  input: never,
): readonly ArmCall[] {
  const poll = longRunning?.unsigned?.(input, 'operation');
  return [
    describe(input),
    ...(poll ? [poll] : []),
    ...(precondition?.describe(input).map(({ call }) => call) ?? []),
    ...(repeat === 'safe' ? [] : [repeat.describeLook(input, attempts)]),
  ];
}

/** A step can do without a word, or takes an object or a text for it; else it needs a sample of its own. */
function callsOf(step: AnyStep, known: Readonly<Record<string, unknown>>): readonly ArmCall[] {
  let cause: unknown;
  for (const unknown of [undefined, {}, 'name'])
    try {
      return describedBy(step, inputOf(known, unknown));
    } catch (error) {
      cause = error;
    }
  throw new Error(`${step.name} reads an input that has no sample in scripts/infra/operations.ts.`, {
    cause,
  });
}

const ofSteps = (steps: readonly AnyStep[], known: Readonly<Record<string, unknown>>): readonly Operation[] =>
  steps.flatMap((step) => callsOf(step, known).map((call) => operationOf(step.name, call)));

/** Steps that read a resource of whatever kind: each is asked about the kind that it names. */
const sources = [disk, account];

/** What restore drills make: a step about a target is asked about every type of it. */
const share = `${account}/fileServices/default/shares/share`;
const drillTargets = [disk, share, `${account}/blobServices/default/containers/container`, group];

function ofResource(step: AnyStep): readonly Operation[] {
  if (/DrillTarget$/.test(step.name))
    return drillTargets.flatMap((targetId) => ofSteps([step], { ...words, targetId }));
  if (/DrillShare$/.test(step.name)) return ofSteps([step], { ...words, targetId: share });
  if (/DrillGroup$/.test(step.name)) return ofSteps([step], { ...words, targetId: group });
  const tries = sources.map((resourceId) => ofSteps([step], { ...words, resourceId }));
  return tries.find((operations) => operations.every(isNamedRight)) ?? tries[0] ?? [];
}

/** Whether the code calls the action what Azure calls it. */
export const isNamedRight = ({ action, said }: Operation): boolean =>
  action.toLowerCase() === said.toLowerCase();

const span = { from: new Date(instant), to: new Date(instant), kinds: ['fileShare'] };

/** URLs that replies name and the client follows as they are. Source: recorded start calls of both services. */
const polls: readonly string[] = [
  `${item}/operationsStatus/operation`,
  `${item}/operationResults/operation`,
  `${recoveryVault}/backupOperations/operation`,
  `${recoveryVault}/backupOperationResults/operation`,
  `${recoveryVault}/backupJobs/job/operationResults/operation`,
  `${backupVault}/operationStatus/operation`,
  `${backupVault}/backupInstances/instance/operationResults/operation`,
  '/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.DataProtection/locations/westeurope/operationResults/operation',
];

/** Every request the client can send, one entry for each place that describes it. */
export const clientOperations = (): readonly Operation[] => [
  ...ofSteps(recoveryServicesSteps, inRecoveryVault),
  ...ofSteps(dataProtectionSteps, inBackupVault),
  ...resourceSteps.flatMap(ofResource),
  operationOf('recoveryServicesJobs.listCall', recoveryServicesJobs.listCall(recoveryVault, span)),
  operationOf('recoveryServicesJobs.readCall', recoveryServicesJobs.readCall(recoveryVault, 'job')),
  operationOf('dataProtectionJobs.listCall', dataProtectionJobs.listCall(backupVault)),
  operationOf('dataProtectionJobs.readCall', dataProtectionJobs.readCall(backupVault, 'job')),
  ...polls.map((path) => {
    const action = actionOf('GET', path);
    return { by: 'a poll URL', method: 'GET' as const, path, action, said: action };
  }),
];
