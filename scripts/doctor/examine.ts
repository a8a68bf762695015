// What an installation needs before it can work, looked at from a laptop or a pipeline; nothing is written anywhere.
import type { JsonObject } from '../../src/arm/call.ts';
import { readFailure } from '../../src/arm/outcomes.ts';
import { readResourceId } from '../../src/arm/resourceId.ts';
import { postureOf } from '../../src/coverage/posture.ts';
import { lacking } from './rights.ts';
import { isBackupVault } from '../../src/coverage/readVault.ts';
import { readBackupVaultCall } from '../../src/data-protection/instanceAges.ts';
import { askArm, type EstateServices } from '../../src/estate/askArm.ts';
import { readVaultCall } from '../../src/recovery-services/itemAges.ts';
import roles from '../../infra/roles.json' with { type: 'json' };
import { readPlan } from '../../src/plan/problems.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { SettingsRefused, type Settings } from '../../src/settings.ts';

/** One thing that was looked at: `mend` is the command that puts a fault right. */
export interface Finding {
  readonly kind: 'ok' | 'warning' | 'fault';
  readonly about: string;
  readonly text: string;
  readonly mend?: string;
}

/** What the doctor looks through. */
export interface Patient {
  readonly readSettings: () => Settings;
  /** The text at the plan's place; undefined where nothing lies there. @throws whatever keeps it from being read. */
  readonly readPlanText: (settings: Settings) => Promise<string | undefined>;
  /** Who the requests come from: object id and tenant of a token for Azure. @throws when none is to be had. */
  readonly whoAmI: (
    settings: Settings,
  ) => Promise<{ readonly objectId?: string; readonly tenantId?: string }>;
  readonly estateOf: (settings: Settings) => EstateServices;
  /** Object id of the identity whose roles are looked at; absent: of whoever asks. */
  readonly principalId?: string;
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const ok = (about: string, text: string): Finding => ({ kind: 'ok', about, text });
const fault = (about: string, text: string, mend: string): Finding => ({ kind: 'fault', about, text, mend });

const appSetting = (assignment: string): string =>
  `az functionapp config appsettings set --name <app> --resource-group <group> --settings ${assignment}`;

function* settingsFindings(error: SettingsRefused): Generator<Finding> {
  for (const line of error.message.split('\n').slice(1)) {
    const name = /^\s*([A-Za-z_0-9]+)/.exec(line)?.[1] ?? 'NAME';
    yield fault('settings', line.trim(), appSetting(`"${name}=<value>"`));
  }
}

type PlanReading = { readonly plan?: Plan; readonly findings: readonly Finding[] };

const allowsAnything = ({ allowed, access }: Settings): boolean =>
  access.isDevelopment || allowed.vaults.length + allowed.subscriptions.length > 0;

async function planOf({ readPlanText }: Patient, settings: Settings): Promise<PlanReading> {
  const place = settings.planLocation;
  try {
    const text = await readPlanText(settings);
    if (text === undefined) return { findings: [noPlan(settings, place)] };
    const reading = readPlan(JSON.parse(text.replace(/^\uFEFF/, '')));
    const problems = reading.kind === 'broken' ? reading.problems : reading.warnings;
    const findings = problems.map(({ severity, path, message }): Finding => ({
      ...{ kind: severity === 'error' ? 'fault' : 'warning', about: 'plan', text: `${path}: ${message}` },
      mend: `npm run plan -- ${place}`,
    }));
    if (reading.kind === 'broken') return { findings };
    const { rules, schedules } = reading.plan;
    const told = `${place}: ${rules.length} rules, ${schedules.length} schedules.`;
    return { plan: reading.plan, findings: [ok('plan', told), ...findings] };
  } catch (error) {
    return { findings: [fault('plan', `${place}: ${said(error)}`, `npm run plan -- ${place}`)] };
  }
}

function noPlan(settings: Settings, place: string): Finding {
  if (allowsAnything(settings)) return ok('plan', `None at ${place}; settings say what may be written to.`);
  const text = `There is none at ${place}, and no setting allows anything: nothing can be backed up.`;
  return fault('plan', text, appSetting('"ALLOWED_VAULTS=<ids of vaults>"'));
}

async function identityFindings({ whoAmI }: Patient, settings: Settings): Promise<readonly Finding[]> {
  try {
    const { objectId = 'unknown', tenantId = 'unknown' } = await whoAmI(settings);
    return [ok('identity', `Object id ${objectId}, tenant ${tenantId}.`)];
  } catch (error) {
    const where = settings.identity.managed
      ? 'az functionapp identity assign --name <app> --resource-group <group>'
      : 'az login';
    return [fault('identity', `No token for Azure: ${said(error)}`, where)];
  }
}

const vaultsOf = ({ allowed }: Settings, plan: Plan | undefined): readonly string[] => {
  const named = [
    ...allowed.vaults,
    ...(plan?.safety.vaults ?? []),
    ...(plan?.rules ?? []).flatMap(({ protect }) => Object.values(protect?.vaults ?? {})),
  ];
  return [...new Map(named.map((id) => [id.toLowerCase(), id])).values()];
};

const subscriptionsOf = ({ allowed }: Settings, plan: Plan | undefined): readonly string[] => [
  ...new Set([...allowed.subscriptions, ...(plan?.safety.subscriptions ?? [])].map((id) => id.toLowerCase())),
];

/** What the app does in a vault, by the profile of `infra/roles.json`: of an app that deletes nothing the last is not looked at. */
const vaultProfiles = (settings: Settings) =>
  (['backUp', 'protect', ...(settings.deleteBackups ? (['delete'] as const) : [])] as const).map(
    (key) => roles.profiles[key],
  );

const isOfVault = (id: string, action: string): boolean =>
  isBackupVault(id) === action.startsWith('Microsoft.DataProtection/');

const assign = (patient: Patient, role: string, scope: string): string =>
  `az role assignment create --assignee-object-id ${patient.principalId ?? "<object id of the app's identity>"} --assignee-principal-type ServicePrincipal --role "<app>: ${role} (<suffix>)" --scope ${scope}`;

const groupOf = (id: string): string =>
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)/i.exec(id)?.[1] ?? id;

async function rightsIn(patient: Patient, settings: Settings, vaultId: string): Promise<readonly Finding[]> {
  const estate = patient.estateOf(settings);
  const findings: Finding[] = [];
  for (const { name, actions } of vaultProfiles(settings)) {
    const wanted = actions.filter((action) => isOfVault(vaultId, action));
    const missing = await lacking(estate, patient.principalId, vaultId, wanted);
    if (missing.length > 0)
      findings.push(
        fault(
          vaultId,
          `To ${name}, the identity lacks ${missing.join(', ')}.`,
          assign(patient, name, groupOf(vaultId)),
        ),
      );
  }
  return findings.length > 0 ? findings : [ok(vaultId, 'The identity has the roles to back up and protect.')];
}

/** The command that mends a control. */
function hardening(id: string, control: string): string {
  const { names, resourceGroup } = readResourceId(id);
  const name = names[0] ?? '';
  const vault = `--resource-group ${resourceGroup}`;
  if (isBackupVault(id))
    return control === 'softDelete'
      ? `az dataprotection backup-vault update ${vault} --vault-name ${name} --soft-delete-state AlwaysOn --retention-duration-in-days 14`
      : `az dataprotection backup-vault update ${vault} --vault-name ${name} --immutability-state Locked`;
  return control === 'softDelete'
    ? `az backup vault backup-properties set ${vault} --name ${name} --soft-delete-feature-state AlwaysOn --soft-delete-duration 14`
    : `az backup vault update ${vault} --name ${name} --immutability-state Locked`;
}

/** Soft delete that is off is a fault; immutability that is not locked is a decision: locking cannot be undone. */
function postureFindings(id: string, body: JsonObject): readonly Finding[] {
  const type = isBackupVault(id) ? 'backup' : 'recoveryServices';
  const controls = postureOf({ type, body, policies: [], expectedMs: new Map() });
  return controls
    .filter(({ control }) => control === 'softDelete' || control === 'immutability')
    .map(({ control, verdict, value, message }): Finding => {
      const text = `${control} is ${value ?? 'not said'}${verdict === 'pass' ? '.' : `: ${message}`}`;
      if (verdict === 'pass') return ok(id, text);
      const kind = control === 'softDelete' && verdict === 'fail' ? 'fault' : 'warning';
      return { kind, about: id, text, mend: hardening(id, control) };
    });
}

async function vaultFindings(patient: Patient, settings: Settings, id: string): Promise<readonly Finding[]> {
  const call = isBackupVault(id) ? readBackupVaultCall(id) : readVaultCall(id);
  try {
    const reply = await askArm(patient.estateOf(settings), call);
    if (reply.status === 404)
      return [
        fault(
          id,
          'There is no such vault.',
          `az resource list --name ${readResourceId(id).names[0] ?? ''} --query "[].id"`,
        ),
      ];
    if (reply.status !== 200)
      return [
        fault(
          id,
          `It cannot be read: ${readFailure(reply).message}`,
          assign(patient, roles.profiles.observe.name, groupOf(id)),
        ),
      ];
    const rights = await rightsIn(patient, settings, id);
    return [ok(id, 'It can be reached.'), ...rights, ...postureFindings(id, reply.body as JsonObject)];
  } catch (error) {
    return [
      fault(
        id,
        `Azure does not answer: ${said(error)}`,
        `curl -sS -o /dev/null -w "%{http_code}\\n" ${settings.armEndpoint}/metadata/endpoints?api-version=2022-09-01`,
      ),
    ];
  }
}

async function subscriptionFindings(
  patient: Patient,
  settings: Settings,
  id: string,
): Promise<readonly Finding[]> {
  const { name, actions } = roles.profiles.observe;
  const scope = `/subscriptions/${id}`;
  try {
    const missing = await lacking(patient.estateOf(settings), patient.principalId, scope, actions);
    if (missing.length === 0) return [ok(scope, 'It can be read as a whole.')];
    return [
      fault(scope, `To ${name}, the identity lacks ${missing.join(', ')}.`, assign(patient, name, scope)),
    ];
  } catch (error) {
    return [fault(scope, `It cannot be read: ${said(error)}`, assign(patient, name, scope))];
  }
}

/** Looks at everything, in the order in which it can be mended; what depends on something broken is left out. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  let settings: Settings;
  try {
    settings = patient.readSettings();
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error;
    return [...settingsFindings(error)];
  }
  const { plan, findings } = await planOf(patient, settings);
  const identity = await identityFindings(patient, settings);
  const known = [ok('settings', 'Every setting can be read.'), ...findings, ...identity];
  if (identity.some(({ kind }) => kind === 'fault')) return known;
  const rest: Finding[] = [];
  for (const id of subscriptionsOf(settings, plan))
    rest.push(...(await subscriptionFindings(patient, settings, id)));
  for (const id of vaultsOf(settings, plan)) rest.push(...(await vaultFindings(patient, settings, id)));
  return [...known, ...rest];
}
