import { z } from 'zod';
import { parseResourceId } from '../resources.ts';
import { kindOf } from './datasource.ts';
import { type Fault, invalidInput } from './errors.ts';
import { findPolicy } from './policies.ts';
import { backupRulesOf } from './policy-rules.ts';
import type { DatasourceKind } from './seed.ts';
import type { DataProtectionState, DatasourceInfo, PolicyInfo } from './state.ts';

const nullish = <T extends z.ZodType>(schema: T) =>
  z.nullish(schema).transform((value) => value ?? undefined);
const text = z.nullish(z.string()).transform((value) => value ?? '');

const datasource = z.looseObject({
  resourceID: z.string().optional(),
  resourceId: z.string().optional(),
  resourceUri: nullish(z.string()),
  datasourceType: z.string().min(1),
  resourceName: text,
  resourceType: text,
  resourceLocation: text,
});

const records = z.array(z.record(z.string(), z.unknown()));

const instanceSchema = z.looseObject({
  objectType: z.string().min(1),
  friendlyName: nullish(z.string()),
  dataSourceInfo: datasource,
  dataSourceSetInfo: nullish(datasource),
  policyInfo: z.looseObject({
    policyId: z.string().min(1),
    policyParameters: nullish(
      z.looseObject({
        dataStoreParametersList: nullish(records),
        backupDatasourceParametersList: nullish(records),
      }),
    ),
  }),
});

/** What a validation or a PUT asks for, in the service's own shape. */
export interface InstanceRequest {
  readonly kind: DatasourceKind;
  readonly friendlyName: string | undefined;
  readonly dataSourceInfo: DatasourceInfo;
  readonly dataSourceSetInfo: DatasourceInfo | undefined;
  readonly policyInfo: PolicyInfo;
  readonly extras: Record<string, unknown>;
}

type Read = { readonly request: InstanceRequest } | { readonly fault: Fault };

const carried = ['datasourceAuthCredentials', 'identityDetails', 'validationType'] as const;

/** Reads the backup instance in a body, without wrapper; unknown fields are ignored as the service does. */
export function readInstanceRequest(state: DataProtectionState, vaultId: string, body: unknown): Read {
  const parsed = instanceSchema.safeParse(body);
  if (!parsed.success) return { fault: invalidInput(z.prettifyError(parsed.error)) };
  const { dataSourceInfo, dataSourceSetInfo, policyInfo, friendlyName } = parsed.data;
  const source = describe(dataSourceInfo, 'Datasource');
  if (source.resourceID === '') return { fault: invalidInput('dataSourceInfo.resourceID is missing.') };
  const parameters = cleaned(policyInfo.policyParameters);
  const policy = findPolicy(state, vaultId, policyInfo.policyId);
  const backsUp = policy !== undefined && backupRulesOf(policy).length > 0;
  const sent = body as Record<string, unknown>;
  return {
    request: {
      kind: kindOf(source.datasourceType, parameters, backsUp),
      friendlyName,
      dataSourceInfo: source,
      dataSourceSetInfo: dataSourceSetInfo && describe(dataSourceSetInfo, 'DatasourceSet'),
      policyInfo: { policyId: policyInfo.policyId, ...(parameters && { policyParameters: parameters }) },
      extras: Object.fromEntries(
        carried.flatMap((key) => (sent[key] === undefined || sent[key] === null ? [] : [[key, sent[key]]])),
      ),
    },
  };
}

function describe(
  info: z.infer<typeof datasource>,
  objectType: DatasourceInfo['objectType'],
): DatasourceInfo {
  const resourceID = info.resourceID ?? info.resourceId ?? '';
  const { resourceUri, datasourceType, resourceType, resourceLocation } = info;
  const named = objectType === 'Datasource' && info.resourceName === '';
  return {
    resourceID,
    ...(resourceUri !== undefined && { resourceUri }),
    datasourceType,
    resourceName: named ? parseResourceId(resourceID).name : info.resourceName,
    resourceType,
    resourceLocation,
    objectType,
  };
}

function cleaned(parameters: Record<string, unknown> | undefined): PolicyInfo['policyParameters'] {
  if (parameters === undefined) return undefined;
  const sent = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const list = sent['backupDatasourceParametersList'] as Record<string, unknown>[] | undefined;
  return list === undefined ? sent : { ...sent, backupDatasourceParametersList: list.map(filledUp) };
}

const clusterFilters = [
  'includedNamespaces',
  'excludedNamespaces',
  'includedResourceTypes',
  'excludedResourceTypes',
  'labelSelectors',
  'backupHookReferences',
];

// The service writes every filter of a cluster, null where nothing was sent.
function filledUp(entry: Record<string, unknown>): Record<string, unknown> {
  if (entry['objectType'] !== 'KubernetesClusterBackupDatasourceParameters') return entry;
  return { ...entry, ...Object.fromEntries(clusterFilters.map((key) => [key, entry[key] ?? null])) };
}
