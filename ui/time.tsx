import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const full = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    timeZone: zone,
    timeZoneName: 'longOffset',
  });
const inLocalZone = full(localZone);
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const toTheSecond = new Intl.DateTimeFormat('en-GB', {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
});
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short' },
  ...{ hour: '2-digit', minute: '2-digit' },
});
const wholeDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Both clocks of an instant: the reader's zone, then UTC. */
export const bothClocks = (at: Date): string =>
  `${inLocalZone.format(at)} (${localZone})\n${at.toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** As short as can be told apart from now: the time today, the day within half a year, else the year too. */
export function shortTime(at: Date, now: number): string {
  if (at.toDateString() === new Date(now).toDateString()) return clockTime.format(at);
  return Math.abs(now - at.getTime()) < 180 * dayMs ? dayAndTime.format(at) : wholeDay.format(at);
}

/** `45 s`, `12 min`, `5 h`, `3 d`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 1) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 49 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** `3 h ago`, `in 20 min`, `just now`. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < minuteMs / 2) return 'just now';
  return at < now ? `${duration(distance)} ago` : `in ${duration(distance)}`;
}

/** How soon something comes: `in 8 s`, `now`. */
export const soon = (at: number, now: number): string =>
  at - now < 500 ? 'now' : `in ${duration(at - now)}`;

/** The present, renewed so often that what is shown stays true. */
export function useNow(everySeconds = 30): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}

interface TimeProps {
  readonly at: string | number | undefined;
  /** `clock`: when; `seconds`: the same to the second; `age`: how long ago or how soon. */
  readonly as?: 'clock' | 'seconds' | 'age';
  readonly now?: number;
}

/** An instant; hovering shows the reader's zone and UTC. A dash where there is none. */
export function Time({ at, as = 'clock', now = Date.now() }: TimeProps): JSX.Element {
  if (at === undefined) return <span class="muted">–</span>;
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return <span>{String(at)}</span>;
  return (
    <time dateTime={instant.toISOString()} title={bothClocks(instant)}>
      {as === 'age'
        ? relative(instant.getTime(), now)
        : as === 'seconds'
          ? toTheSecond.format(instant)
          : shortTime(instant, now)}
    </time>
  );
}

const units = { D: 'day', W: 'week', M: 'month', Y: 'year', H: 'hour' } as const;

/** An ISO 8601 duration in words: `P1D` is `1 day`, `PT6H` `6 hours`; what is not known is left as it is. */
export function isoWords(text: string): string {
  const parts = [...text.matchAll(/(\d+)([DWYHM])/g)].map(([, count = '', unit = 'D'], at) => {
    const isMinutes =
      unit === 'M' && text.indexOf('T') !== -1 && text.indexOf('T') < text.lastIndexOf('M') && at >= 0;
    const word = isMinutes ? 'minute' : units[unit as keyof typeof units];
    return `${count} ${word}${count === '1' ? '' : 's'}`;
  });
  return parts.length > 0 ? parts.join(' ') : text;
}
