import type { Json, JsonObject } from '../../src/arm/call.ts';
import { textsIn } from '../../src/arm/replyFields.ts';
import { kindOfItem, kindWords } from '../../src/recovery-services/paths.ts';
import { pathKey } from './address.ts';
import { datasourceIn } from './instanceFlow.ts';
import { anywhere, textAt } from './looseFields.ts';
import type { RecordedFlow } from './recordedFlows.ts';

/** A request as a deduction sees it: the id as we spell it, and as addresses do. */
export interface Asked {
  readonly id: string;
  readonly path: string;
}

type Deduction = (asked: Asked, flow: RecordedFlow) => Json | undefined;

const lastName = (id: string): string => id.split('/').at(-1) ?? '';
const principalId = '00000000-0000-4000-8000-00000000aaaa';

/** What a Backup vault needs for the write to be accepted: the region of the datasource, an identity. */
function backupVault({ id, path }: Asked, { write }: RecordedFlow): Json | undefined {
  const datasource = datasourceIn(write.body);
  if (!/\/backupvaults\/[^/]+$/.test(path) || !datasource) return undefined;
  return { id, name: lastName(id), location: datasource.location, identity: { principalId } };
}

function source({ path }: Asked, { write }: RecordedFlow): Json | undefined {
  const datasource = datasourceIn(write.body);
  if (!datasource || pathKey(datasource.id) !== path) return undefined;
  const { id, name, location } = datasource;
  return { id, name, location, properties: { provisioningState: 'Succeeded' } };
}

function blobContainers({ path }: Asked, { write }: RecordedFlow): Json | undefined {
  if (!/\/blobservices\/default\/containers$/.test(path)) return undefined;
  return { value: textsIn(anywhere(write.body, 'containersList')).map((name) => ({ name })) };
}

const rule = (objectType: string, name: string, dataStoreType: string): JsonObject => ({
  objectType,
  name,
  dataStore: { objectType: 'DataStoreInfoBase', dataStoreType },
});

/** The policy that the write names, with the rule and tag that it names; of what they say nothing is known. */
function instancePolicy({ id, path }: Asked, { write }: RecordedFlow): Json | undefined {
  if (!/\/backupvaults\/[^/]+\/backuppolicies\/[^/]+$/.test(path)) return undefined;
  const isVaulted = anywhere(write.body, 'backupDatasourceParametersList') !== undefined;
  const store = isVaulted ? 'VaultStore' : 'OperationalStore';
  const [ruleName, tag] = [
    textAt(write.body, 'backupRuleOptions', 'ruleName'),
    anywhere(write.body, 'retentionTagOverride'),
  ];
  const type = textAt(write.body, 'properties', 'dataSourceInfo', 'datasourceType');
  const policyRules = [
    ...(ruleName ? [rule('AzureBackupRule', ruleName, store)] : []),
    rule('AzureRetentionRule', typeof tag === 'string' ? tag : 'Default', store),
  ].map((one) =>
    one['objectType'] === 'AzureBackupRule'
      ? one
      : { ...one, lifecycles: [{ sourceDataStore: one['dataStore'] ?? null }] },
  );
  return { id, name: lastName(id), properties: { datasourceTypes: type ? [type] : [], policyRules } };
}

function itemPolicy({ id, path }: Asked, { write }: RecordedFlow): Json | undefined {
  const kind = kindOfItem(write.itemId);
  if (!/\/vaults\/[^/]+\/backuppolicies\/[^/]+$/.test(path) || !kind) return undefined;
  const { backupManagementType } = kindWords[kind];
  return { id, name: lastName(id), properties: { backupManagementType } };
}

/** The row that offers what is then protected. */
function protectable({ path }: Asked, { write, cause }: RecordedFlow): Json | undefined {
  if (!path.endsWith('/backupprotectableitems') || cause.by !== 'request') return undefined;
  const { target } = cause.body as { target: { share?: string } };
  const sourceId = textAt(write.body, 'properties', 'sourceResourceId') ?? '';
  const id = write.itemId.replace(/\/protectedItems\//i, '/protectableItems/');
  const properties = {
    friendlyName: target.share ?? lastName(sourceId),
    ...(target.share === undefined ? { virtualMachineId: sourceId } : { parentContainerFabricId: sourceId }),
  };
  return { value: [{ id, name: lastName(id), properties }] };
}

/** The account as discovery shows it, which is then registered. */
function protectableContainer({ path }: Asked, flow: RecordedFlow): Json | undefined {
  if (!path.endsWith('/protectablecontainers')) return undefined;
  const id = containerIdOf(flow);
  const containerId = textAt(flow.write.body, 'properties', 'sourceResourceId') ?? '';
  return { value: [{ id, name: lastName(id), properties: { containerId } }] };
}

const containerIdOf = ({ write }: RecordedFlow): string => write.itemId.split(/\/protectedItems\//i)[0] ?? '';

/** The account's container, which was registered before the recording began. */
function container({ path }: Asked, flow: RecordedFlow): Json | undefined {
  if (!path.endsWith('/backupprotectioncontainers') || kindOfItem(flow.write.itemId) !== 'fileShare')
    return undefined;
  const sourceResourceId = textAt(flow.write.body, 'properties', 'sourceResourceId') ?? '';
  const id = containerIdOf(flow);
  const properties = { sourceResourceId, registrationStatus: 'Registered' };
  return { value: [{ id, name: lastName(id), properties }] };
}

/** State that an item must have had for the write to be accepted, by kind of write. */
function itemState({ write: { body }, cause }: RecordedFlow): JsonObject {
  if (anywhere(body, 'isRehydrate') === true) {
    return { protectionState: 'ProtectionStopped', isScheduledForDeferredDelete: true };
  }
  const isResumed = cause.by === 'request' && cause.path.endsWith('/resume');
  return { protectionState: isResumed ? 'ProtectionStopped' : 'Protected' };
}

const isNew = ({ cause }: RecordedFlow): boolean =>
  cause.by === 'request' &&
  cause.path === '/api/protections' &&
  !('id' in (cause.body as { target: object }).target);

function protectedItem({ path }: Asked, flow: RecordedFlow): Json | undefined {
  const { itemId, itemPath, body } = flow.write;
  if (path !== itemPath || flow.write.isInstance || isNew(flow)) return undefined;
  const protectedItemType = textAt(body, 'properties', 'protectedItemType') ?? '';
  const sourceResourceId = textAt(body, 'properties', 'sourceResourceId');
  const properties = { ...itemState(flow), protectedItemType, ...(sourceResourceId && { sourceResourceId }) };
  return { id: itemId, name: lastName(itemId), properties };
}

function backupInstance({ path }: Asked, flow: RecordedFlow): Json | undefined {
  const { itemId, itemPath, verb, exchange } = flow.write;
  if (path !== itemPath || !flow.write.isInstance || isNew(flow) || exchange.reply.status === 204)
    return undefined;
  if (verb === 'undelete') return undefined;
  const currentProtectionState = verb === 'resumeProtection' ? 'ProtectionStopped' : 'ProtectionConfigured';
  const policyId = `${itemId.split(/\/backupInstances\//i)[0]}/backupPolicies/not-recorded`;
  return {
    id: itemId,
    name: lastName(itemId),
    properties: { currentProtectionState, policyInfo: { policyId } },
  };
}

function deletedInstance({ id, path }: Asked, { write }: RecordedFlow): Json | undefined {
  const isIt =
    path.replace('/deletedbackupinstances/', '/backupinstances/') === write.itemPath &&
    path !== write.itemPath;
  return write.verb === 'undelete' && isIt ? { id, name: lastName(id), properties: {} } : undefined;
}

const deductions: readonly Deduction[] = [
  source,
  backupVault,
  blobContainers,
  instancePolicy,
  itemPolicy,
  protectable,
  protectableContainer,
  container,
  protectedItem,
  backupInstance,
  deletedInstance,
];

/**
 * What an accepted write proves about a read before it that was not recorded: the things it names exist.
 *
 * Recordings leave out other providers and whatever their client did not ask. Nothing is deduced about what comes after
 * the write, nor where the service refused it.
 */
export function deduced(asked: Asked, flow: RecordedFlow): Json | undefined {
  if (flow.write.exchange.reply.status >= 400) return undefined;
  for (const deduction of deductions) {
    const body = deduction(asked, flow);
    if (body !== undefined) return body;
  }
  return undefined;
}
