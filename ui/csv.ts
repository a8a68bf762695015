import type { CoverageRow } from './words.ts';

/** How old the point was when it was restored. */
const pointAgeSeconds = (drill: CoverageRow['drill']): string | undefined =>
  drill?.pointAt && String(Math.round((Date.parse(drill.at) - Date.parse(drill.pointAt)) / 1000));

/** As the app's own file has them. */
const columns: readonly (readonly [name: string, of: (row: CoverageRow) => string | undefined])[] = [
  ['id', ({ id }) => id],
  ['kind', ({ kind }) => kind],
  ['name', ({ name }) => name],
  ['subscription', ({ subscriptionId }) => subscriptionId],
  ['resourceGroup', ({ resourceGroup }) => resourceGroup],
  ['region', ({ region }) => region],
  ['state', ({ state }) => state],
  ['since', ({ since }) => since],
  ['reason', ({ reason }) => reason],
  ['serviceWords', ({ serviceWords }) => serviceWords],
  ['advice', ({ advice }) => advice],
  ['rule', ({ rule }) => rule],
  ['excludedBy', ({ excludedBy }) => excludedBy],
  ['vault', ({ vaultId }) => vaultId],
  ['policy', ({ policyId }) => policyId],
  ['item', ({ itemId }) => itemId],
  ['expectEvery', ({ expect }) => expect?.every],
  ['expectGrace', ({ expect }) => expect?.grace],
  ['lastGoodPoint', ({ lastGoodPoint }) => lastGoodPoint?.at],
  ['pointTier', ({ lastGoodPoint }) => lastGoodPoint?.tier],
  ['pointExpires', ({ lastGoodPoint }) => lastGoodPoint?.expiresAt],
  ['pointSource', ({ lastGoodPoint }) => lastGoodPoint?.source],
  ['keptUntil', ({ keptUntil }) => keptUntil],
  ['lastRun', ({ lastRun }) => lastRun?.id],
  ['lastRunStatus', ({ lastRun }) => lastRun?.status],
  ['nextOccurrence', ({ nextOccurrence }) => nextOccurrence?.at],
  ['lastDrill', ({ drill }) => drill?.at],
  ['drillVerdict', ({ drill }) => drill?.verdict],
  ['drillPoint', ({ drill }) => drill?.pointAt],
  ['drillPointAgeSeconds', ({ drill }) => pointAgeSeconds(drill)],
  ['drillRestoreSeconds', ({ drill }) => drill?.restoreSeconds?.toString()],
  ['drillReason', ({ drill }) => drill?.reason],
  ['drillRun', ({ drill }) => drill?.run],
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
    .map((line) => `${line.map(field).join(',')}\r\n`)
    .join('');

/** Hands a text to the reader as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
