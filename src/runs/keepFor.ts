import * as z from 'zod';

/** The most of each unit that 99 years hold. */
const most: Readonly<Record<string, number>> = { D: 36_159, W: 5_165, M: 1_188, Y: 99 };

function isInRange(text: string): boolean {
  const [, count = '0', unit = ''] = /^P(\d{1,5})([DWMY])$/.exec(text) ?? [];
  return Number(count) >= 1 && Number(count) <= (most[unit] ?? 0);
}

/** How long a backup is kept: an ISO 8601 duration of one unit (`P30D`, `P6W`, `P12M`, `P2Y`), from 1 day to 99 years. */
export const keepForSchema = z
  .string()
  .regex(/^P\d{1,5}[DWMY]$/, {
    error: 'an ISO 8601 duration in days, weeks, months or years, such as P30D',
    abort: true,
  })
  .refine(isInRange, 'from 1 day to 99 years');
