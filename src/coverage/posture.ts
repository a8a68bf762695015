import type * as z from 'zod';
import type { Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { durationText } from './expectation.ts';
import type { PolicyClock } from './policies.ts';
import type { controlSchema, controlVerdictSchema } from './schema.ts';

/** @see controlVerdictSchema */
export type ControlVerdict = z.infer<typeof controlVerdictSchema>;
type Control = z.infer<typeof controlSchema>;

/** What a vault's controls are judged by. */
export interface PostureInput {
  readonly type: 'recoveryServices' | 'backup';
  /** The vault as ARM shows it; absent when it could not be read. */
  readonly body?: JsonObject;
  /** Policies that protect something, or that a rule names. */
  readonly policies: readonly PolicyClock[];
  /** What rules expect of a policy, by its id in lower case. */
  readonly expectedMs: ReadonlyMap<string, number>;
}

const day = 86_400_000;
/** Fewer days of soft delete or retention leave no time to notice. */
const leastSoftDeleteDays = 14;
const leastRetentionMs = 7 * day;

/** Where a control's property lies in the body, by type of vault; undefined where the service has none. */
type Places = Readonly<Record<PostureInput['type'], string | undefined>>;

/** A control that is one property with good words and bad ones. */
interface WordControl {
  readonly control: Control;
  readonly places: Places;
  readonly good: RegExp;
  readonly bad: RegExp;
  readonly missing: string;
}

const wordControls: readonly WordControl[] = [
  {
    control: 'immutability',
    places: {
      recoveryServices: 'properties.securitySettings.immutabilitySettings.state',
      backup: 'properties.securitySettings.immutabilitySettings.state',
    },
    good: /^locked$/i,
    bad: /^(disabled|unlocked)$/i,
    missing: 'Backups can be deleted before they expire as long as immutability is not on and locked.',
  },
  {
    control: 'multiUserAuthorization',
    places: {
      recoveryServices: 'properties.securitySettings.multiUserAuthorization',
      backup: 'properties.isVaultProtectedByResourceGuard',
    },
    good: /^(enabled|true)$/i,
    bad: /^(disabled|false)$/i,
    missing: 'One person alone can stop protection and delete backups: a Resource Guard asks for a second.',
  },
  {
    control: 'crossRegionRestore',
    places: {
      recoveryServices: 'properties.redundancySettings.crossRegionRestore',
      backup: 'properties.featureSettings.crossRegionRestoreSettings.state',
    },
    good: /^enabled$/i,
    bad: /^disabled$/i,
    missing: 'Backups cannot be restored in the paired region while the region is down.',
  },
  {
    control: 'publicAccess',
    places: { recoveryServices: 'properties.publicNetworkAccess', backup: undefined },
    good: /^disabled$/i,
    bad: /^enabled$/i,
    missing: 'The vault can be reached from public networks.',
  },
  {
    control: 'jobFailureAlerts',
    places: {
      recoveryServices: 'properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures',
      backup: 'properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures',
    },
    good: /^enabled$/i,
    bad: /^disabled$/i,
    missing: 'Azure Monitor raises no alert when a job fails.',
  },
  {
    control: 'sourceScan',
    places: {
      recoveryServices: 'properties.securitySettings.sourceScanConfiguration.state',
      backup: undefined,
    },
    good: /^enabled$/i,
    bad: /^disabled$/i,
    missing: 'Sources are not scanned for threats when they are backed up.',
  },
];

const at = (body: JsonObject | undefined, path: string): Json | undefined =>
  memberIn(body, ...path.split('.'));

function wordOf(value: Json | undefined): string | undefined {
  return typeof value === 'boolean' ? String(value) : textIn(value);
}

const unknown = (control: Control, property: string, message: string): ControlVerdict => ({
  control,
  verdict: 'unknown',
  property,
  message,
});

const notSaid = 'The service does not say.';

function judgeWord({ type, body }: PostureInput, one: WordControl): ControlVerdict {
  const { control, good, bad, missing } = one;
  const property = one.places[type];
  if (property === undefined) return unknown(control, '', 'This type of vault has no such property.');
  const value = wordOf(at(body, property));
  if (value === undefined) return unknown(control, property, notSaid);
  if (good.test(value)) return { control, verdict: 'pass', property, value, message: `It is ${value}.` };
  if (bad.test(value)) return { control, verdict: 'fail', property, value, message: missing };
  return { control, verdict: 'unknown', property, value, message: 'A value this version does not know.' };
}

function softDelete({ type, body }: PostureInput): ControlVerdict {
  const property = 'properties.securitySettings.softDeleteSettings';
  const [state, days] =
    type === 'backup'
      ? ['state', 'retentionDurationInDays']
      : ['softDeleteState', 'softDeleteRetentionPeriodInDays'];
  const word = textIn(at(body, `${property}.${state}`));
  const kept = Number(at(body, `${property}.${days}`) ?? Number.NaN);
  if (word === undefined) return unknown('softDelete', property, notSaid);
  const isOn = /^(on|enabled|alwayson)$/i.test(word);
  const isLong = Number.isNaN(kept) || kept >= leastSoftDeleteDays;
  return {
    control: 'softDelete',
    verdict: isOn && isLong ? 'pass' : 'fail',
    property,
    value: Number.isNaN(kept) ? word : `${word}, ${kept} days`,
    message:
      isOn && isLong
        ? 'Deleted backups can be brought back.'
        : `Deleted backups should stay for ${leastSoftDeleteDays} days at least.`,
  };
}

function redundancy({ type, body }: PostureInput): ControlVerdict {
  const property =
    type === 'backup'
      ? 'properties.storageSettings'
      : 'properties.redundancySettings.standardTierStorageRedundancy';
  const found = at(body, property);
  const value =
    type === 'backup'
      ? objectsIn(found)
          .flatMap((one) => textIn(one['type']) ?? [])
          .join(', ')
      : (textIn(found) ?? '');
  if (value === '') return unknown('redundancy', property, notSaid);
  const isLocal = /locally/i.test(value);
  const message = isLocal ? 'All copies lie in one data centre.' : 'Copies lie in several data centres.';
  return { control: 'redundancy', verdict: isLocal ? 'fail' : 'pass', property, value, message };
}

function ownKey({ type, body }: PostureInput): ControlVerdict {
  const property =
    type === 'backup'
      ? 'properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri'
      : 'properties.encryption.keyVaultProperties.keyUri';
  if (!body) return unknown('customerManagedKey', property, notSaid);
  const value = textIn(at(body, property));
  return value === undefined
    ? {
        control: 'customerManagedKey',
        verdict: 'fail',
        property,
        message: "Microsoft's keys encrypt the backups.",
      }
    : {
        control: 'customerManagedKey',
        verdict: 'pass',
        property,
        value,
        message: 'Your own key encrypts the backups.',
      };
}

function identity({ body }: PostureInput): ControlVerdict {
  const property = 'identity.type';
  if (!body) return unknown('identity', property, notSaid);
  const value = textIn(at(body, property)) ?? 'None';
  const has = !/^none$/i.test(value);
  const message = has
    ? 'The vault has an identity.'
    : 'Without an identity no role can be given to the vault.';
  return { control: 'identity', verdict: has ? 'pass' : 'fail', property, value, message };
}

/** The policies that fail a test, named; those that do not say are unknown. */
function judgePolicies(
  control: Control,
  property: string,
  judged: readonly { readonly name: string; readonly ok: boolean | undefined; readonly value: string }[],
  wanted: string,
): ControlVerdict {
  const failing = judged.filter(({ ok }) => ok === false);
  const value = judged.map(({ name, value: one }) => `${name}: ${one}`).join(', ');
  const shown = value === '' ? {} : { value };
  if (failing.length > 0) {
    const names = failing.map(({ name }) => name).join(', ');
    return { control, verdict: 'fail', property, ...shown, message: `${names}: ${wanted}` };
  }
  if (judged.length === 0 || judged.some(({ ok }) => ok === undefined)) {
    return { control, verdict: 'unknown', property, ...shown, message: 'No policy in use says so.' };
  }
  return { control, verdict: 'pass', property, ...shown, message: 'Every policy in use does.' };
}

const retention = ({ policies }: PostureInput): ControlVerdict =>
  judgePolicies(
    'policyRetention',
    'backupPolicies.retention',
    policies.map(({ name, keepMs }) => ({
      name,
      ok: keepMs === undefined ? undefined : keepMs >= leastRetentionMs,
      value: keepMs === undefined ? 'not said' : durationText(keepMs),
    })),
    `points should be kept for ${durationText(leastRetentionMs)} at least.`,
  );

function frequency({ policies, expectedMs }: PostureInput): ControlVerdict {
  const asked = policies.flatMap((policy) => {
    const expected = expectedMs.get(policy.id.toLowerCase());
    return expected === undefined ? [] : [{ policy, expected }];
  });
  return judgePolicies(
    'policyFrequency',
    'backupPolicies.schedule',
    asked.map(({ policy: { name, everyMs, continuous }, expected }) => ({
      name,
      ok: continuous ? true : everyMs === undefined ? undefined : everyMs <= expected,
      value: continuous ? 'continuous' : everyMs === undefined ? 'not said' : durationText(everyMs),
    })),
    'it backs up less often than the rules expect.',
  );
}

/** The twelve controls of a vault, in the order of the schema; what could not be read is unknown, never a pass. */
export function postureOf(input: PostureInput): readonly ControlVerdict[] {
  const words = wordControls.map((one) => judgeWord(input, one));
  const word = (control: Control) => words.filter((one) => one.control === control);
  return [
    softDelete(input),
    ...word('immutability'),
    ...word('multiUserAuthorization'),
    redundancy(input),
    ...word('crossRegionRestore'),
    ...word('publicAccess'),
    ownKey(input),
    ...word('jobFailureAlerts'),
    ...word('sourceScan'),
    retention(input),
    frequency(input),
    identity(input),
  ];
}
