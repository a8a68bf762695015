/** The value in the middle; not a number for none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Median, with the least and the most behind it where there are several; `–` where one is no number. */
export function spread(values: readonly number[], digits: number): string {
  if (!values.every((value) => Number.isFinite(value))) return '–';
  const middle = median(values).toFixed(digits);
  if (values.length < 2) return middle;
  return `${middle} (${Math.min(...values).toFixed(digits)} … ${Math.max(...values).toFixed(digits)})`;
}
