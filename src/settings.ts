import * as z from 'zod';
import { accessOf, accessProblems, type AccessSettings } from './access/accessSettings.ts';
import { backupVaultId, recoveryServicesVaultId } from './arm/resourceKinds.ts';

/** Environment variables as the platform gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The app's settings are wrong; the message lists every problem by the setting's name. */
export class SettingsRefused extends Error {}

const flag = z
  .enum(['true', 'false', '1', '0'], 'true or false')
  .transform((text) => text === 'true' || text === '1');

const origin = z
  .url({ protocol: /^https$/, error: 'an https URL' })
  .transform((text) => new URL(text))
  .refine(
    (url) => url.pathname === '/' && url.search === '' && url.username === '',
    'an https origin without a path',
  )
  .transform((url) => url.origin);

/** Entries parted by commas, semicolons or blanks. */
const list = (isEntry: (text: string) => boolean, what: string) =>
  z
    .string()
    .transform((text) => text.split(/[\s,;]+/).filter((entry) => entry !== ''))
    .refine((entries) => entries.every(isEntry), `${what}, parted by commas`)
    .default([]);

const isGuid = (text: string): boolean => z.guid().safeParse(text).success;
const isVaultId = (text: string): boolean =>
  [recoveryServicesVaultId, backupVaultId].some((read) => read(text).kind !== 'refused');

const variables = z.object({
  AzureWebJobsStorage: z.string().optional(),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, 'the name of a storage account')
    .optional(),
  AzureWebJobsStorage__queueServiceUri: origin.optional(),
  AzureWebJobsStorage__tableServiceUri: origin.optional(),
  ARM_ENDPOINT: origin.default('https://management.azure.com'),
  ARM_AUDIENCE: z.url('a URL').optional(),
  ARM_CA_FILE: z.string().optional(),
  AZURE_CLIENT_ID: z.guid('a GUID').optional(),
  /** Set by the platform beside a managed identity. */
  IDENTITY_ENDPOINT: z.string().optional(),
  ACCESS_MODE: z.enum(['development'], 'development, or absent').optional(),
  AZURE_FUNCTIONS_ENVIRONMENT: z.string().optional(),
  ACCESS_TENANT_ID: z.guid('the GUID of a tenant').optional(),
  ACCESS_AUDIENCE: z
    .string()
    .refine((text) => isGuid(text.replace(/^api:\/\//i, '')), 'a client id (GUID), or api://<client id>')
    .optional(),
  ACCESS_ISSUER: z.string().optional(),
  ACCESS_KEYS_URL: z.string().optional(),
  ALLOWED_VAULTS: list(isVaultId, 'ids of vaults'),
  ALLOWED_SUBSCRIPTIONS: list(isGuid, 'ids of subscriptions (GUIDs)'),
  PLAN_LOCATION: z.string().default('plan.json'),
  DELETE_BACKUPS: flag.default(false),
  RESTORE_DRILLS: flag.default(false),
  MINIMUM_POLL_SECONDS: z.coerce
    .number('a number of seconds')
    .int('whole seconds')
    .min(1, 'at least 1 second')
    .max(600, 'at most 600 seconds')
    .default(10),
  KEEP_RECORDS_DAYS: z.coerce
    .number('a number of days')
    .int('whole days')
    .min(8, 'at least 8 days: events and callers come back for so long')
    .max(3650, 'at most 3650 days')
    .default(35),
  ITEM_COOLDOWN_MINUTES: z.coerce
    .number('a number of minutes')
    .int('whole minutes')
    .min(0, 'at least 0: none')
    .max(1440, 'at most a day')
    .default(15),
  CALLER_RUNS_PER_MINUTE: z.coerce
    .number('a number of runs')
    .int('a whole number of runs')
    .min(0, 'at least 0: no limit')
    .max(10_000, 'at most 10000')
    .default(60),
  NOTIFY_URL: z.url({ protocol: /^https$/, error: 'an https URL' }).optional(),
  NOTIFY_KEY: z.string().optional(),
  PING_URL: z.url({ protocol: /^https$/, error: 'an https URL' }).optional(),
});

type Variables = z.infer<typeof variables>;

/** Where tables and queues are: a connection string, or an account reached with the app's identity. */
export type StorageSetting =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'account'; readonly queueUrl: string; readonly tableUrl: string };

/** Everything the environment says, read once. */
export interface Settings {
  readonly storage: StorageSetting;
  /** Origin of Azure Resource Manager, without a slash at the end. */
  readonly armEndpoint: string;
  /** What tokens for it are asked for, without `/.default`. */
  readonly armAudience: string;
  /** PEM file of an extra certificate authority; local use only. */
  readonly armCaFile?: string;
  /** `managed` where the platform offers an identity; `clientId` chooses a user-assigned one. */
  readonly identity: { readonly managed: boolean; readonly clientId?: string };
  readonly access: AccessSettings;
  /** `ALLOWED_VAULTS` and `ALLOWED_SUBSCRIPTIONS`: what may be written to where there is no plan. */
  readonly allowed: { readonly vaults: readonly string[]; readonly subscriptions: readonly string[] };
  /** A file in the app or an https blob URL. */
  readonly planLocation: string;
  readonly deleteBackups: boolean;
  /** Whether restore drills may restore, and delete what they have made. */
  readonly drillRestores: boolean;
  /** Least pause between polls, whole seconds, 1–600. */
  readonly minimumPollSeconds: number;
  /** Days that records are kept after their end, at least 8. */
  readonly keepRecordsDays: number;
  /** Minutes after a backup of an item in which no other is taken; 0: none. */
  readonly itemCoolDownMinutes: number;
  /** New runs that one caller may ask for within a minute; 0: any number. */
  readonly callerRunsPerMinute: number;
  readonly notify?: { readonly url: string; readonly key?: string };
  /** Every setting whose name begins with `NOTIFY_`: what channels of the plan may name. */
  readonly channelSettings: Readonly<Record<string, string>>;
  /** Called on every healthy tick, so that somebody outside notices when the app itself is gone. */
  readonly pingUrl?: string;
}

/** Members whose value is undefined are left out. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

function storageOf(read: Variables): StorageSetting | undefined {
  const { AzureWebJobsStorage: connectionString, AzureWebJobsStorage__accountName: name } = read;
  const { AzureWebJobsStorage__queueServiceUri: queueUrl, AzureWebJobsStorage__tableServiceUri: tableUrl } =
    read;
  if (connectionString !== undefined) return { kind: 'connectionString', connectionString };
  if (queueUrl !== undefined && tableUrl !== undefined) return { kind: 'account', queueUrl, tableUrl };
  // By its name alone the host, too, takes an account for one of the public cloud.
  const urlOf = (service: string): string => `https://${name}.${service}.core.windows.net`;
  return name === undefined
    ? undefined
    : { kind: 'account', queueUrl: urlOf('queue'), tableUrl: urlOf('table') };
}

const channelSettingsIn = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      /^NOTIFY_[A-Z0-9_]+$/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );

function settingsOf(read: Variables, storage: StorageSetting, environment: Environment): Settings {
  return {
    storage,
    armEndpoint: read.ARM_ENDPOINT,
    armAudience: read.ARM_AUDIENCE ?? read.ARM_ENDPOINT,
    ...given({ armCaFile: read.ARM_CA_FILE }),
    identity: { managed: read.IDENTITY_ENDPOINT !== undefined, ...given({ clientId: read.AZURE_CLIENT_ID }) },
    access: accessOf(read, environment),
    allowed: { vaults: read.ALLOWED_VAULTS, subscriptions: read.ALLOWED_SUBSCRIPTIONS },
    planLocation: read.PLAN_LOCATION,
    deleteBackups: read.DELETE_BACKUPS,
    drillRestores: read.RESTORE_DRILLS,
    minimumPollSeconds: read.MINIMUM_POLL_SECONDS,
    keepRecordsDays: read.KEEP_RECORDS_DAYS,
    itemCoolDownMinutes: read.ITEM_COOLDOWN_MINUTES,
    callerRunsPerMinute: read.CALLER_RUNS_PER_MINUTE,
    ...(read.NOTIFY_URL === undefined
      ? {}
      : { notify: { url: read.NOTIFY_URL, ...given({ key: read.NOTIFY_KEY }) } }),
    channelSettings: channelSettingsIn(environment),
    ...given({ pingUrl: read.PING_URL }),
  };
}

/** Each line alone names the storage account. */
const storageNames = [
  ['AzureWebJobsStorage'],
  ['AzureWebJobsStorage__accountName'],
  ['AzureWebJobsStorage__queueServiceUri', 'AzureWebJobsStorage__tableServiceUri'],
] as const;
const storageMissing =
  'AzureWebJobsStorage: a connection string; or AzureWebJobsStorage__accountName; or both AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__tableServiceUri';

/**
 * Reads the app's settings; an empty value counts as absent.
 *
 * @throws SettingsRefused with every problem on a line of its own, by name; never with a value.
 */
export function readSettings(environment: Environment): Settings {
  const filled = Object.entries(environment).filter(
    ([, value]) => value !== undefined && value.trim() !== '',
  );
  const present = Object.fromEntries(filled);
  const read = variables.safeParse(present);
  const named = filled.map(([name]) => name);
  const hasStorage = storageNames.some((together) => together.every((name) => named.includes(name)));
  const problems = [
    ...(read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []),
    ...(hasStorage ? [] : [storageMissing]),
    ...accessProblems(present),
  ];
  const storage = read.success ? storageOf(read.data) : undefined;
  if (!read.success || !storage || problems.length > 0)
    throw new SettingsRefused(`Settings are wrong:\n  ${problems.join('\n  ')}`);
  return settingsOf(read.data, storage, present);
}

/** The settings of this process. @throws SettingsRefused */
export const processSettings = (): Settings => readSettings(process.env);
