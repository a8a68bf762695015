import type { Clock } from './clock/clock.ts';

const hex = (clock: Clock, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(clock.random() * 16).toString(16)).join('');

/** A version 4 GUID drawn from the clock's generator, so that a seeded run repeats its ids. */
export function seededGuid(clock: Clock): string {
  const variant = '89ab'.charAt(Math.floor(clock.random() * 4));
  return `${hex(clock, 8)}-${hex(clock, 4)}-4${hex(clock, 3)}-${variant}${hex(clock, 3)}-${hex(clock, 12)}`;
}
