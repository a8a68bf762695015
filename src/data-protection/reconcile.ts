import type { Failure, Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectIn, objectsIn, textIn, textsIn } from '../arm/replyFields.ts';
import { sameId } from '../arm/resourceId.ts';
import { containerParameters, identityDetails, type DatasourceKind } from './datasources.ts';

/** What a protection should be. A field that is absent is left as it is. */
export type WantedProtection = {
  readonly kind: DatasourceKind;
  readonly policyId: string;
  readonly snapshotResourceGroupId?: string;
  readonly containers?: readonly string[];
  readonly autoProtect?: { readonly excludePrefixes: readonly string[] };
  /** `systemAssigned` or the ARM id of a user-assigned identity. */
  readonly identity?: string;
};

/** One thing in which an instance differs from what is asked. Both sides as a person reads them, at most 300 characters. */
export type Difference = {
  readonly what: 'policy' | 'containers' | 'snapshotResourceGroup' | 'identity';
  readonly is: string;
  readonly asked: string;
};

const longestSide = 300;
const shown = (text: string): string =>
  text.length > longestSide ? `${text.slice(0, longestSide - 1)}…` : text;

const policyParametersIn = (properties: JsonObject): JsonObject =>
  objectIn(memberIn(properties, 'policyInfo', 'policyParameters'));

const policyIdIn = (properties: JsonObject): string =>
  textIn(memberIn(properties, 'policyInfo', 'policyId')) ?? '';

const blobParametersIn = (properties: JsonObject): JsonObject =>
  objectsIn(policyParametersIn(properties)['backupDatasourceParametersList'])[0] ?? {};

const rulePrefixes = (settings: Json | undefined): readonly string[] =>
  objectsIn(memberIn(settings, 'rules')).flatMap((rule) => textIn(rule['pattern']) ?? []);

/** The containers that an instance protects: a list, or all but those with a prefix. Sorted, as both sides are compared. */
function containersShown(parameters: JsonObject): string {
  const settings = memberIn(parameters, 'autoProtectionSettings');
  if (memberIn(settings, 'enabled') !== true)
    return [...textsIn(parameters['containersList'])].sort().join(', ') || 'none';
  const prefixes = [...rulePrefixes(settings)].sort().join(', ');
  return prefixes === '' ? 'all, also future ones' : `all, also future ones, except ${prefixes}`;
}

/** The group that keeps the snapshots of a disk; undefined for other kinds. */
export const snapshotGroupOf = (properties: JsonObject): string | undefined =>
  textIn(objectsIn(policyParametersIn(properties)['dataStoreParametersList'])[0]?.['resourceGroupId']);

/** The identity of the vault that an instance uses: `systemAssigned` unless it names another. */
export function identityOf(properties: JsonObject): string {
  const details = properties['identityDetails'];
  if (memberIn(details, 'useSystemAssignedIdentity') === true) return 'systemAssigned';
  return textIn(memberIn(details, 'userAssignedIdentityArmUrl')) ?? 'systemAssigned';
}

/** Whether a vaulted instance names the containers it protects. One without any protects nothing. */
export const namesContainers = (properties: JsonObject): boolean =>
  containersShown(blobParametersIn(properties)) !== 'none';

const wantsContainers = ({ containers, autoProtect }: WantedProtection): boolean =>
  containers !== undefined || autoProtect !== undefined;

const difference = (what: Difference['what'], is: string, asked: string): Difference => ({
  what,
  is: shown(is),
  asked: shown(asked),
});

/** Everything in which an instance differs from what is asked; empty when it is as asked. */
export function differencesOf(properties: JsonObject, wanted: WantedProtection): readonly Difference[] {
  const policyId = policyIdIn(properties);
  const group = snapshotGroupOf(properties) ?? 'none';
  const identity = identityOf(properties);
  const containers = containersShown(blobParametersIn(properties));
  const asked = wantsContainers(wanted) ? containersShown(containerParameters(wanted)) : containers;
  const { snapshotResourceGroupId: askedGroup = group, identity: askedIdentity = identity } = wanted;
  return [
    ...(sameId(policyId, wanted.policyId) ? [] : [difference('policy', policyId, wanted.policyId)]),
    ...(containers === asked ? [] : [difference('containers', containers, asked)]),
    ...(sameId(group, askedGroup) ? [] : [difference('snapshotResourceGroup', group, askedGroup)]),
    ...(sameId(identity, askedIdentity) ? [] : [difference('identity', identity, askedIdentity)]),
  ];
}

/** Why a difference cannot be taken away: the service never moves the snapshots of a disk to another group. */
export function unchangeable(differences: readonly Difference[]): Failure | undefined {
  const group = differences.find(({ what }) => what === 'snapshotResourceGroup');
  if (!group) return undefined;
  return {
    code: 'SnapshotResourceGroupFixed',
    message: `the snapshots of this disk are kept in ${group.is}, not in ${group.asked}: the group can never change`,
    advice: 'Leave snapshotResourceGroupId out, or stop protection and protect the disk anew.',
  };
}

const withIdentity = (properties: JsonObject, identity: string | undefined): JsonObject => {
  if (identity === undefined || sameId(identityOf(properties), identity)) return properties;
  const { identityDetails: _, ...others } = properties;
  return {
    ...others,
    identityDetails:
      identity === 'systemAssigned' ? { useSystemAssignedIdentity: true } : identityDetails(identity),
  };
};

/**
 * The properties to write: what is there, with nothing changed but what is asked.
 *
 * Recorded in November 2025: the command line changes a policy by writing back the whole instance.
 */
export function changedProperties(properties: JsonObject, wanted: WantedProtection): JsonObject {
  const { policyVersion: _, ...policyInfo } = objectIn(properties['policyInfo']);
  const parameters = policyParametersIn(properties);
  const changed = wantsContainers(wanted)
    ? { ...parameters, backupDatasourceParametersList: [containerParameters(wanted)] }
    : parameters;
  const policyParameters = Object.keys(changed).length > 0 ? { policyParameters: changed } : {};
  return withIdentity(
    { ...properties, policyInfo: { ...policyInfo, policyId: wanted.policyId, ...policyParameters } },
    wanted.identity,
  );
}
