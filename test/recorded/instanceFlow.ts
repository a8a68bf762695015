import type { Json } from '../../src/arm/call.ts';
import { textsIn } from '../../src/arm/replyFields.ts';
import { sameId } from '../../src/arm/resourceId.ts';
import { datasourceTypes, backupVaultIdOf } from '../../src/data-protection/datasources.ts';
import { anywhere, member, textAt } from './looseFields.ts';
import type { Cause, FlowSetting } from './recordedFlows.ts';
import { lastSeen, stateOf } from './sightings.ts';

const notOurs = (reason: string): Cause => ({ by: 'nothing', reason });
const request = (path: string, body: Readonly<Record<string, unknown>>): Cause => ({
  by: 'request',
  path: `/api/${path}`,
  body,
});

/** The datasource that the body of a PUT names. */
export interface NamedDatasource {
  readonly kind: 'disk' | 'blobs';
  readonly id: string;
  readonly name: string;
  readonly location: string;
}

/** Reads it; undefined for datasources that this app does not configure. */
export function datasourceIn(body: Json | undefined): NamedDatasource | undefined {
  const info = member(body, 'properties', 'dataSourceInfo');
  const type = textAt(info, 'datasourceType')?.toLowerCase();
  const id = textAt(info, 'resourceId');
  if (!id) return undefined;
  const common = {
    id,
    name: textAt(info, 'resourceName') ?? id.split('/').at(-1) ?? '',
    location: textAt(info, 'resourceLocation') ?? '',
  };
  if (type === datasourceTypes.disk.datasourceType.toLowerCase()) return { kind: 'disk', ...common };
  const isBlobs = type === datasourceTypes.vaultedBlobs.datasourceType.toLowerCase();
  return isBlobs ? { kind: 'blobs', ...common } : undefined;
}

function optionsIn(body: Json | undefined): Readonly<Record<string, unknown>> {
  const parameters = member(body, 'properties', 'policyInfo', 'policyParameters');
  const snapshotResourceGroupId = anywhere(member(parameters, 'dataStoreParametersList'), 'resourceGroupId');
  const list = textsIn(anywhere(parameters, 'containersList'));
  const isAutomatic = anywhere(parameters, 'autoProtectionSettings') !== undefined;
  const excluded = member(anywhere(parameters, 'autoProtectionSettings'), 'rules');
  const prefixes = (Array.isArray(excluded) ? excluded : []).flatMap(
    (rule: Json) => textAt(rule, 'pattern') ?? [],
  );
  return {
    ...(snapshotResourceGroupId !== undefined && { snapshotResourceGroupId }),
    ...(list.length > 0 && { containers: { list } }),
    ...(isAutomatic && { autoProtect: { excludePrefixes: prefixes } }),
  };
}

function protect(setting: FlowSetting): Cause {
  const { write, sightings, from, previous } = setting;
  const datasource = datasourceIn(write.body);
  const policyId = textAt(write.body, 'properties', 'policyInfo', 'policyId');
  if (!datasource) {
    const type = textAt(write.body, 'properties', 'dataSourceInfo', 'datasourceType');
    return notOurs(`protects a datasource of another kind: ${type ?? 'not named'}`);
  }
  if (!policyId) return notOurs('changes something else than the protection');
  const seen =
    previous?.verb === 'delete'
      ? lastSeen(sightings, write.itemPath, from, write.index)
      : lastSeen(sightings, write.itemPath, 0, write.index);
  const kept = textAt(seen?.body, 'properties', 'policyInfo', 'policyId');
  if (stateOf(seen?.body) === 'ProtectionConfigured' && sameId(kept, policyId)) {
    return notOurs('puts an instance with the policy that it has already');
  }
  const target = {
    kind: datasource.kind,
    vaultId: backupVaultIdOf(write.itemId),
    datasourceId: datasource.id,
  };
  return request('protections', { target, policyId, ...optionsIn(write.body) });
}

function deletion({ write, sightings }: FlowSetting): Cause {
  const seen = lastSeen(sightings, write.itemPath, 0, write.index)?.body;
  const confirm =
    textAt(seen, 'properties', 'friendlyName') ?? textAt(seen, 'name') ?? write.itemId.split('/').at(-1);
  return request('protections/stop', { target: { id: write.itemId }, mode: 'deleteData', confirm });
}

function backUp({ write }: FlowSetting): Cause {
  const backupRule = anywhere(write.body, 'ruleName');
  const retentionTag = anywhere(write.body, 'retentionTagOverride');
  return request('backups', {
    target: { id: write.itemId },
    ...(backupRule !== undefined && { backupRule }),
    ...(typeof retentionTag === 'string' && retentionTag !== '' && { retentionTag }),
  });
}

/** What of ours would send the write to a backup instance of a Backup vault. */
export function instanceFlow(setting: FlowSetting): Cause {
  const { itemId, verb } = setting.write;
  const target = { id: itemId };
  switch (verb) {
    case 'put':
      return protect(setting);
    case 'backup':
      return backUp(setting);
    case 'delete':
      return deletion(setting);
    case 'sync':
      return { by: 'reconciling', instanceId: itemId };
    case 'stopProtection':
      return request('protections/stop', { target, mode: 'retain' });
    case 'suspendBackups':
      return request('protections/stop', { target, mode: 'suspend' });
    case 'resumeProtection':
      return request('protections/resume', { target });
    case 'undelete':
      return setting.second
        ? request('protections/resume', { target, undelete: true })
        : notOurs('brings an instance back without resuming its protection');
    case 'resumeBackups':
      return notOurs('resumes with resumeBackups: ours resumes both kinds of stop with resumeProtection');
  }
}
