import { describe, expect, test } from 'vitest';
import { postureOf, type PostureInput } from '../../../src/coverage/posture.ts';

const hour = 3_600_000;
const day = 24 * hour;
const inputOf = (
  type: PostureInput['type'],
  body: object,
  more: Partial<PostureInput> = {},
): PostureInput => ({
  ...{ type, body: body as never, policies: [], expectedMs: new Map<string, number>() },
  ...more,
});
const told = (control: string, input: PostureInput) =>
  postureOf(input).find((one) => one.control === control);

const properties = (path: string, value: unknown): object => {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : properties(rest.join('.'), value) };
};

const immutability = 'properties.securitySettings.immutabilitySettings.state';
const guardOfVault = 'properties.securitySettings.multiUserAuthorization';
const guardOfBackupVault = 'properties.isVaultProtectedByResourceGuard';
const crossOfVault = 'properties.redundancySettings.crossRegionRestore';
const crossOfBackupVault = 'properties.featureSettings.crossRegionRestoreSettings.state';
const access = 'properties.publicNetworkAccess';
const alerts = 'properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures';
const scan = 'properties.securitySettings.sourceScanConfiguration.state';

const deletable = 'Backups can be deleted before they expire as long as immutability is not on and locked.';
const alone = 'One person alone can stop protection and delete backups: a Resource Guard asks for a second.';
const oneRegion = 'Backups cannot be restored in the paired region while the region is down.';
const open = 'The vault can be reached from public networks.';
const silent = 'Azure Monitor raises no alert when a job fails.';
const unscanned = 'Sources are not scanned for threats when they are backed up.';
const newWord = 'A value this version does not know.';

test.each([
  ['immutability', 'recoveryServices', immutability, 'Locked', 'pass', 'It is Locked.'],
  ['immutability', 'backup', immutability, 'locked', 'pass', 'It is locked.'],
  ['immutability', 'recoveryServices', immutability, 'Unlocked', 'fail', deletable],
  ['immutability', 'backup', immutability, 'Disabled', 'fail', deletable],
  ['immutability', 'recoveryServices', immutability, 'PartlyLocked', 'unknown', newWord],
  ['multiUserAuthorization', 'recoveryServices', guardOfVault, 'Enabled', 'pass', 'It is Enabled.'],
  ['multiUserAuthorization', 'recoveryServices', guardOfVault, 'Disabled', 'fail', alone],
  ['multiUserAuthorization', 'backup', guardOfBackupVault, true, 'pass', 'It is true.'],
  ['multiUserAuthorization', 'backup', guardOfBackupVault, false, 'fail', alone],
  ['crossRegionRestore', 'recoveryServices', crossOfVault, 'Enabled', 'pass', 'It is Enabled.'],
  ['crossRegionRestore', 'recoveryServices', crossOfVault, 'Disabled', 'fail', oneRegion],
  ['crossRegionRestore', 'backup', crossOfBackupVault, 'Enabled', 'pass', 'It is Enabled.'],
  ['crossRegionRestore', 'backup', crossOfBackupVault, 'NotEnabled', 'unknown', newWord],
  ['publicAccess', 'recoveryServices', access, 'Disabled', 'pass', 'It is Disabled.'],
  ['publicAccess', 'recoveryServices', access, 'Enabled', 'fail', open],
  ['publicAccess', 'recoveryServices', access, 'EnabledForSome', 'unknown', newWord],
  ['jobFailureAlerts', 'recoveryServices', alerts, 'Enabled', 'pass', 'It is Enabled.'],
  ['jobFailureAlerts', 'backup', alerts, 'Disabled', 'fail', silent],
  ['sourceScan', 'recoveryServices', scan, 'Enabled', 'pass', 'It is Enabled.'],
  ['sourceScan', 'recoveryServices', scan, 'Disabled', 'fail', unscanned],
] as const)('%s of a vault of type %s: %s is %s', (control, type, property, value, verdict, message) => {
  expect(told(control, inputOf(type, properties(property, value)))).toEqual({
    ...{ control, verdict, property, value: String(value), message },
  });
});

test.each(['publicAccess', 'sourceScan'])('a Backup vault has no property for %s', (control) => {
  expect(told(control, inputOf('backup', {}))).toEqual({
    ...{ control, verdict: 'unknown', property: '' },
    message: 'This type of vault has no such property.',
  });
});

test.each([
  ['recoveryServices', 'immutability', immutability],
  ['recoveryServices', 'redundancy', 'properties.redundancySettings.standardTierStorageRedundancy'],
  ['backup', 'redundancy', 'properties.storageSettings'],
  ['recoveryServices', 'softDelete', 'properties.securitySettings.softDeleteSettings'],
])('what a vault of type %s does not say of %s is unknown', (type, control, property) => {
  expect(told(control, inputOf(type as PostureInput['type'], {}))).toEqual({
    ...{ control, verdict: 'unknown', property, message: 'The service does not say.' },
  });
});

test.each([
  ['customerManagedKey', 'properties.encryption.keyVaultProperties.keyUri'],
  ['identity', 'identity.type'],
])('%s of a vault that could not be read is unknown', (control, property) => {
  const { body: _body, ...unread } = inputOf('recoveryServices', {});
  expect(told(control, unread)).toEqual({
    ...{ control, verdict: 'unknown', property, message: 'The service does not say.' },
  });
});

describe('soft delete', () => {
  const property = 'properties.securitySettings.softDeleteSettings';
  const of = (type: PostureInput['type'], settings: object) =>
    told('softDelete', inputOf(type, properties(property, settings)));
  const good = 'Deleted backups can be brought back.';
  const bad = 'Deleted backups should stay for 14 days at least.';

  test.each([
    ['On', 14, 'pass', 'On, 14 days', good],
    ['AlwaysOn', 180, 'pass', 'AlwaysOn, 180 days', good],
    ['On', 13, 'fail', 'On, 13 days', bad],
    ['Off', 14, 'fail', 'Off, 14 days', bad],
    ['On', undefined, 'pass', 'On', good],
    ['Off', undefined, 'fail', 'Off', bad],
  ] as const)('that is %s and keeps for %s days: %s', (state, days, verdict, value, message) => {
    const verdictIs = { control: 'softDelete', verdict, property, value, message };
    expect(of('backup', { state, retentionDurationInDays: days })).toEqual(verdictIs);
    expect(of('recoveryServices', { softDeleteState: state, softDeleteRetentionPeriodInDays: days })).toEqual(
      verdictIs,
    );
  });

  test.each([
    ['Enabled', 'pass'],
    ['Disabled', 'fail'],
    ['NotEnabled', 'fail'],
    ['Onwards', 'fail'],
  ])('by the word %s: %s', (softDeleteState, verdict) => {
    expect(of('recoveryServices', { softDeleteState })?.verdict).toBe(verdict);
  });
});

describe('redundancy', () => {
  const far = 'Copies lie in several data centres.';
  const near = 'All copies lie in one data centre.';

  test.each([
    ['GeoRedundant', 'pass', far],
    ['ZoneRedundant', 'pass', far],
    ['LocallyRedundant', 'fail', near],
  ])('%s: %s', (word, verdict, message) => {
    const property = 'properties.redundancySettings.standardTierStorageRedundancy';
    expect(told('redundancy', inputOf('recoveryServices', properties(property, word)))).toEqual({
      ...{ control: 'redundancy', verdict, property, value: word, message },
    });
  });

  test('of a Backup vault with several stores is as good as the worst', () => {
    const property = 'properties.storageSettings';
    const stores = [{ type: 'GeoRedundant' }, { datastoreType: 'VaultStore' }, { type: 'LocallyRedundant' }];
    expect(told('redundancy', inputOf('backup', properties(property, stores)))).toEqual({
      ...{
        control: 'redundancy',
        verdict: 'fail',
        property,
        value: 'GeoRedundant, LocallyRedundant',
        message: near,
      },
    });
  });
});

test.each([
  ['recoveryServices', 'properties.encryption.keyVaultProperties.keyUri'],
  ['backup', 'properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri'],
] as const)('the key of a vault of type %s is its own or Microsoft’s', (type, property) => {
  const control = 'customerManagedKey';
  expect(told(control, inputOf(type, properties(property, 'https://keys.example/k')))).toEqual({
    ...{ control, verdict: 'pass', property, value: 'https://keys.example/k' },
    message: 'Your own key encrypts the backups.',
  });
  expect(told(control, inputOf(type, {}))).toEqual({
    ...{ control, verdict: 'fail', property, message: "Microsoft's keys encrypt the backups." },
  });
});

test.each([
  [{ identity: { type: 'UserAssigned' } }, 'pass', 'UserAssigned', 'The vault has an identity.'],
  [{ identity: { type: 'none' } }, 'fail', 'none', 'Without an identity no role can be given to the vault.'],
  [{}, 'fail', 'None', 'Without an identity no role can be given to the vault.'],
])('the identity of %j: %s', (body, verdict, value, message) => {
  expect(told('identity', inputOf('backup', body))).toEqual({
    ...{ control: 'identity', verdict, property: 'identity.type', value, message },
  });
});

describe('policies in use', () => {
  const policy = (name: string, differs: object) => ({
    id: `/v/backupPolicies/${name}`,
    name,
    continuous: false,
    ...differs,
  });
  const judged = (
    control: string,
    policies: PostureInput['policies'],
    expected: Readonly<Record<string, number>> = {},
  ) => {
    const expectedMs = new Map(
      Object.entries(expected).map(([name, ms]) => [`/v/backuppolicies/${name}`, ms]),
    );
    return told(control, inputOf('recoveryServices', {}, { policies, expectedMs }));
  };

  test('should keep points for a week', () => {
    const [week, short, silentOne] = [
      policy('week', { keepMs: 7 * day }),
      policy('short', { keepMs: 7 * day - 1 }),
      policy('silent', {}),
    ];
    const control = { control: 'policyRetention', property: 'backupPolicies.retention' };
    expect(judged('policyRetention', [week])).toEqual({
      ...{ ...control, verdict: 'pass', value: 'week: P7D', message: 'Every policy in use does.' },
    });
    expect(judged('policyRetention', [week, short, silentOne, policy('brief', { keepMs: day })])).toEqual({
      ...{ ...control, verdict: 'fail', value: 'week: P7D, short: P7D, silent: not said, brief: P1D' },
      message: 'short, brief: points should be kept for P7D at least.',
    });
    expect(judged('policyRetention', [week, silentOne])).toEqual({
      ...{
        ...control,
        verdict: 'unknown',
        value: 'week: P7D, silent: not said',
        message: 'No policy in use says so.',
      },
    });
    expect(judged('policyRetention', [])).toEqual({
      ...control,
      verdict: 'unknown',
      message: 'No policy in use says so.',
    });
  });

  test('should back up as often as the rules that name them expect; the others are not asked', () => {
    const control = { control: 'policyFrequency', property: 'backupPolicies.schedule' };
    const [daily, weekly, always] = [
      policy('daily', { everyMs: day }),
      policy('weekly', { everyMs: 7 * day }),
      policy('always', { continuous: true }),
    ];
    expect(judged('policyFrequency', [daily, weekly, always], { daily: day, always: hour })).toEqual({
      ...{
        ...control,
        verdict: 'pass',
        value: 'daily: P1D, always: continuous',
        message: 'Every policy in use does.',
      },
    });
    expect(judged('policyFrequency', [daily, weekly], { daily: day - 1, weekly: 7 * day })).toEqual({
      ...{ ...control, verdict: 'fail', value: 'daily: P1D, weekly: P7D' },
      message: 'daily: it backs up less often than the rules expect.',
    });
    expect(judged('policyFrequency', [policy('silent', {})], { silent: day })).toEqual({
      ...{ ...control, verdict: 'unknown', value: 'silent: not said', message: 'No policy in use says so.' },
    });
  });
});

test('the twelve controls always come in the same order', () => {
  expect(postureOf(inputOf('backup', {})).map(({ control }) => control)).toEqual([
    ...[
      'softDelete',
      'immutability',
      'multiUserAuthorization',
      'redundancy',
      'crossRegionRestore',
      'publicAccess',
    ],
    ...[
      'customerManagedKey',
      'jobFailureAlerts',
      'sourceScan',
      'policyRetention',
      'policyFrequency',
      'identity',
    ],
  ]);
});
