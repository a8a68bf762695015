import { readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Our own child process whose command line holds the text. @throws Error when there is none, or no /proc. */
export function childWith(text: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => {
      const parent = /^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
      return parent === String(process.pid) && read(`/proc/${pid}/cmdline`).includes(text);
    });
  if (found === undefined) throw new Error(`No child process runs ${text}.`);
  return Number(found);
}

/** Resident memory in KB; undefined for a process that is gone. */
export function residentKilobytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}

/** Rise per minute of values at instants in milliseconds, by least squares; not a number for fewer than three. */
export function slopePerMinute(points: readonly (readonly [at: number, value: number])[]): number {
  if (points.length < 3) return Number.NaN;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, value] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const rise = points.reduce((sum, [x, y]) => sum + (x - at) * (y - value), 0);
  const run = points.reduce((sum, [x]) => sum + (x - at) ** 2, 0);
  return (rise / run) * 60_000;
}
