import type { Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, textIn, textsIn } from '../arm/replyFields.ts';

/** When a backup policy backs up and for how long it keeps, as far as its body says. */
export interface PolicyClock {
  readonly id: string;
  readonly name: string;
  /** Between two of its backups; absent where it has no schedule that is understood. */
  readonly everyMs?: number;
  /** For how long the shortest-lived of its scheduled points is kept. */
  readonly keepMs?: number;
  /** No points: the datasource can be restored to any instant of the last days. */
  readonly continuous: boolean;
  /** Absent where the policy's zone is not UTC. */
  readonly nextAfter?: (now: Date) => Date | undefined;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const unitMs: Readonly<Record<string, number>> = {
  days: day,
  weeks: 7 * day,
  months: 30 * day,
  years: 365 * day,
};

function countIn(duration: Json | undefined): number | undefined {
  const count = Number(memberIn(duration, 'count'));
  const unit = unitMs[(textIn(memberIn(duration, 'durationType')) ?? '').toLowerCase()];
  return Number.isFinite(count) && unit !== undefined ? count * unit : undefined;
}

/** The longest time between two of some weekdays. */
function weeklyMs(days: readonly string[]): number {
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  const at = days
    .map((name) => names.indexOf(name.toLowerCase()))
    .filter((index) => index >= 0)
    .sort();
  if (at.length < 2) return 7 * day;
  return Math.max(...at.map((one, index) => ((at[(index + 1) % at.length] ?? one) - one + 7) % 7 || 7)) * day;
}

function frequencyMs(schedule: Json | undefined): number | undefined {
  const runs = (textIn(memberIn(schedule, 'scheduleRunFrequency')) ?? '').toLowerCase();
  if (runs === 'daily') return day;
  if (runs === 'weekly') {
    return weeklyMs([
      ...textsIn(memberIn(schedule, 'scheduleRunDays')),
      ...textsIn(memberIn(schedule, 'weeklySchedule', 'scheduleRunDays')),
    ]);
  }
  if (runs !== 'hourly') return undefined;
  const interval = Number(memberIn(schedule, 'hourlySchedule', 'interval'));
  const window = Number(memberIn(schedule, 'hourlySchedule', 'scheduleWindowDuration'));
  if (!Number.isFinite(interval)) return undefined;
  // Between the last backup of one day's window and the first of the next.
  return Math.max(interval, Number.isFinite(window) ? 24 - window + interval : interval) * hour;
}

function keptMs(retention: Json | undefined): number | undefined {
  const parts = ['dailySchedule', 'weeklySchedule', 'monthlySchedule', 'yearlySchedule'].map((name) =>
    countIn(memberIn(retention, name, 'retentionDuration')),
  );
  return countIn(memberIn(retention, 'retentionDuration')) ?? parts.find((part) => part !== undefined);
}

/** Daily at the times the schedule names, where they are UTC. */
function nextDaily(schedule: Json | undefined, zone: string | undefined): PolicyClock['nextAfter'] {
  const times = textsIn(memberIn(schedule, 'scheduleRunTimes'))
    .map((text) => Date.parse(text) % day)
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  if (times.length === 0 || !/^utc$/i.test(zone ?? 'UTC')) return undefined;
  return (now) => {
    const midnight = Math.floor(now.getTime() / day) * day;
    const later = times.find((time) => midnight + time > now.getTime());
    return new Date(later === undefined ? midnight + day + (times[0] ?? 0) : midnight + later);
  };
}

const defined = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

/** Reads a policy of a Recovery Services vault; of a database's policy the full backups. */
export function recoveryServicesPolicy(row: JsonObject): PolicyClock {
  const properties = memberIn(row, 'properties');
  const full = objectsIn(memberIn(properties, 'subProtectionPolicy')).find(
    (part) => textIn(part['policyType']) === 'Full',
  );
  const part = full ?? properties;
  const schedule = memberIn(part, 'schedulePolicy');
  const everyMs = frequencyMs(schedule);
  const zone =
    textIn(memberIn(properties, 'timeZone')) ?? textIn(memberIn(properties, 'settings', 'timeZone'));
  return defined({
    id: textIn(row['id']) ?? '',
    name: textIn(row['name']) ?? '',
    everyMs,
    keepMs:
      keptMs(memberIn(part, 'retentionPolicy')) ??
      keptMs(memberIn(properties, 'vaultRetentionPolicy', 'vaultRetention')),
    continuous: false,
    nextAfter: everyMs === day ? nextDaily(schedule, zone) : undefined,
  }) as PolicyClock;
}

/** Milliseconds of `P1W`, `P1D`, `PT6H`, `P1DT12H30M`; months count 30 days, years 365. Undefined for anything else. */
export function durationMilliseconds(text: string): number | undefined {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text);
  if (!found || found.slice(1).every((part) => part === undefined)) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (years * 365 + months * 30 + days) * day + weeks * 7 * day + hours * hour + minutes * minute;
}

/** `R/2026-01-01T02:00:00+00:00/PT4H`: from when on, and how often. */
function intervalIn(text: string): { readonly fromMs: number; readonly everyMs: number } | undefined {
  const [, from = '', every = ''] = /^R\d*\/([^/]+)\/(P[^/]+)$/.exec(text) ?? [];
  const [fromMs, everyMs] = [Date.parse(from), durationMilliseconds(every)];
  return Number.isNaN(fromMs) || everyMs === undefined ? undefined : { fromMs, everyMs };
}

/** Several intervals of a week are the days of a weekly schedule: each comes once a week. */
const spacingMs = (intervals: readonly { readonly everyMs: number }[]): number | undefined =>
  intervals.length === 0 ? undefined : Math.min(...intervals.map(({ everyMs }) => everyMs));

/** Reads a policy of a Backup vault. */
export function backupVaultPolicy(row: JsonObject): PolicyClock {
  const rules = objectsIn(memberIn(row, 'properties', 'policyRules'));
  const backups = rules.filter(({ objectType }) => objectType === 'AzureBackupRule');
  const intervals = backups
    .flatMap((rule) => textsIn(memberIn(rule, 'trigger', 'schedule', 'repeatingTimeIntervals')))
    .flatMap((text) => intervalIn(text) ?? []);
  const kept = rules
    .filter(({ objectType, isDefault }) => objectType === 'AzureRetentionRule' && isDefault === true)
    .flatMap((rule) => objectsIn(rule['lifecycles']))
    .flatMap((cycle) => durationMilliseconds(textIn(memberIn(cycle, 'deleteAfter', 'duration')) ?? '') ?? []);
  return defined({
    id: textIn(row['id']) ?? '',
    name: textIn(row['name']) ?? '',
    everyMs: spacingMs(intervals),
    keepMs: kept.length === 0 ? undefined : Math.min(...kept),
    continuous: rules.length > 0 && backups.length === 0,
    nextAfter:
      intervals.length === 0
        ? undefined
        : (now: Date) =>
            new Date(
              Math.min(
                ...intervals.map(({ fromMs, everyMs }) =>
                  fromMs > now.getTime()
                    ? fromMs
                    : fromMs + (Math.floor((now.getTime() - fromMs) / everyMs) + 1) * everyMs,
                ),
              ),
            ),
  }) as PolicyClock;
}
