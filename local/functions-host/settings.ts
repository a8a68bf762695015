/** The app's settings: environment first, then the `Values` of `local.settings.json`. */
export interface Settings {
  /** The value of a setting, or undefined; an empty text counts as a value. */
  get(name: string): string | undefined;
  /** Every setting, for the environment of the process that runs the app. */
  all(): Readonly<Record<string, string>>;
}

/** A binding names a setting that does not exist; the function that has it does not start. */
class SettingMissing extends Error {
  readonly setting: string;
  constructor(setting: string) {
    super(`setting '${setting}' does not exist`);
    this.setting = setting;
  }
}

/** Where settings come from. */
export interface SettingsSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Parsed `local.settings.json`, undefined when there is none. */
  readonly localSettings?: unknown;
  readonly appFolder: string;
  readonly port: number;
}

/**
 * Settings as the local host would give them to the app.
 *
 * `Values` never override the environment. `WEBSITE_HOSTNAME` always names this host: the Durable client would
 * otherwise write port 7071 into its URLs. Loopback joins `NO_PROXY` because its HTTP client sends even loopback calls
 * to a proxy named in the environment.
 */
export function createSettings(source: SettingsSource): Settings {
  const values: Record<string, string> = { ...readValues(source.localSettings) };
  for (const [name, value] of Object.entries(source.environment))
    if (value !== undefined) values[name] = value;
  values['WEBSITE_HOSTNAME'] = `localhost:${source.port}`;
  values['AZURE_FUNCTIONS_ENVIRONMENT'] ??= 'Development';
  values['AzureWebJobsScriptRoot'] = source.appFolder;
  for (const name of ['NO_PROXY', 'no_proxy']) values[name] = withLoopback(values[name]);
  return { get: (name) => values[name], all: () => values };
}

function readValues(localSettings: unknown): Record<string, string> {
  const values = (localSettings as { Values?: unknown } | undefined)?.Values;
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && typeof value !== 'object')
      .map(([name, value]) => [name, String(value as string)]),
  );
}

function withLoopback(list: string | undefined): string {
  const hosts = (list ?? '').split(',').filter((host) => host !== '');
  for (const host of ['127.0.0.1', 'localhost']) if (!hosts.includes(host)) hosts.push(host);
  return hosts.join(',');
}

/** Replaces each `%NAME%`; throws SettingMissing for a name without a value. */
export function resolveNames(text: string, settings: Settings): string {
  return text.replaceAll(/%([^%\s]+)%/g, (_, name: string) => {
    const value = settings.get(name);
    if (value === undefined) throw new SettingMissing(name);
    return value;
  });
}

/**
 * The connection string a binding's `connection` points at: `AzureWebJobsX`, then `X`; empty means
 * `AzureWebJobsStorage`. Throws SettingMissing.
 */
export function connectionString(connection: string | undefined, settings: Settings): string {
  const name = connection === undefined || connection === '' ? 'Storage' : connection;
  const value = settings.get(`AzureWebJobs${name}`) ?? settings.get(name);
  if (value === undefined || value === '') throw new SettingMissing(name);
  return value;
}

/** Whether `AzureWebJobs.<name>.Disabled` switches a function off. */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const wanted = `azurewebjobs.${functionName}.disabled`.toLowerCase();
  const found = Object.entries(settings.all()).find(([name]) => name.toLowerCase() === wanted);
  return found !== undefined && /^(true|1)$/i.test(found[1].trim());
}
