import type { CoverageRow } from './words.ts';

const columns: readonly (readonly [name: string, of: (row: CoverageRow) => string | undefined])[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['kind', ({ kind }) => kind],
  ['subscription', ({ subscriptionId }) => subscriptionId],
  ['resourceGroup', ({ resourceGroup }) => resourceGroup],
  ['region', ({ region }) => region],
  ['state', ({ state }) => state],
  ['since', ({ since }) => since],
  ['rule', ({ rule }) => rule],
  ['reason', ({ reason }) => reason],
  ['serviceWords', ({ serviceWords }) => serviceWords],
  ['vault', ({ vaultId }) => vaultId],
  ['policy', ({ policyId }) => policyId],
  ['lastGoodPoint', ({ lastGoodPoint }) => lastGoodPoint?.at],
  ['expires', ({ lastGoodPoint }) => lastGoodPoint?.expiresAt],
  ['next', ({ nextOccurrence }) => nextOccurrence?.at],
  ['readAt', ({ readAt }) => readAt],
];

/** A field of comma-separated values; what a spreadsheet would take for a formula is told to be text. */
function field(value = ''): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as RFC 4180 has them, with a head. */
export const csvOf = (rows: readonly CoverageRow[]): string =>
  [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, of]) => of(row)))]
    .map((line) => line.map(field).join(','))
    .join('\r\n');

/** Hands a text to the reader as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
