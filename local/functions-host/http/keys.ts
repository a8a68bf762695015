import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { HostRequest } from '../durableExtension.ts';

/** Names of the system keys the host's webhooks ask for. */
export type SystemKeyName = 'durabletask_extension' | 'eventgrid_extension';

/** The keys of one host. */
export interface HostKeys {
  /** Opens everything. */
  readonly master: string;
  /** Opens every function of level `function`. */
  readonly host: string;
  readonly system: Readonly<Record<SystemKeyName, string>>;
  /** Opens one function of level `function`; the same text for all of them, which only a local host may do. */
  readonly function: string;
}

/** Who a key shows the caller to be. */
export interface KeyHolder {
  readonly level: 'Admin' | 'Function' | 'System';
  readonly keyName: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const newKey = (clock: Clock): string =>
  Array.from({ length: 44 }, () => ALPHABET.charAt(Math.floor(clock.random() * ALPHABET.length))).join('');

/** Fresh keys from the clock's generator. */
export const generateKeys = (clock: Clock): HostKeys => ({
  master: newKey(clock),
  host: newKey(clock),
  function: newKey(clock),
  system: { durabletask_extension: newKey(clock), eventgrid_extension: newKey(clock) },
});

/** Keys kept in `keys.json` of the data folder, made there at the first start and readable by their owner only. */
export function loadKeys(dataFolder: string, clock: Clock): HostKeys {
  const file = join(dataFolder, 'keys.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as HostKeys;
  } catch {
    const keys = generateKeys(clock);
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 });
    return keys;
  }
}

/** The key of a request: header `x-functions-key` wins over `?code=`. */
function presentedKey(request: Pick<HostRequest, 'headers' | 'query'>): string | undefined {
  return request.headers['x-functions-key'] ?? request.query.get('code') ?? undefined;
}

/** Who may call a function of level `anonymous`, `function` or `admin`; `refused` means 401. */
export function checkFunctionKey(
  keys: HostKeys,
  level: string,
  request: Pick<HostRequest, 'headers' | 'query'>,
): KeyHolder | 'anonymous' | 'refused' {
  const key = presentedKey(request);
  if (key === keys.master) return { level: 'Admin', keyName: 'master' };
  const opens = key === keys.function || key === keys.host;
  if (opens && level.toLowerCase() !== 'admin') return { level: 'Function', keyName: 'default' };
  return level.toLowerCase() === 'anonymous' ? 'anonymous' : 'refused';
}

/** Whether a request may use the admin API (no name) or a webhook (the name of its system key). */
export function opensSystem(
  keys: HostKeys,
  request: Pick<HostRequest, 'headers' | 'query'>,
  name?: SystemKeyName,
): boolean {
  const key = presentedKey(request);
  return key === keys.master || (name !== undefined && key === keys.system[name]);
}
