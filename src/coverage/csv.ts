import type { CoverageRow, CoverageSummary } from './schema.ts';

/** How old the point was when it was restored. */
const pointAgeSeconds = (drill: CoverageRow['drill']): string | undefined =>
  drill?.pointAt && String(Math.round((Date.parse(drill.at) - Date.parse(drill.pointAt)) / 1000));

const columns: readonly (readonly [string, (row: CoverageRow) => string | undefined])[] = [
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

/** A field of RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as comma-separated values, the names of the columns first. */
export const csvOf = (rows: readonly CoverageRow[]): string =>
  [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => csvField(read(row) ?? '')))]
    .map((fields) => `${fields.join(',')}\r\n`)
    .join('');

/** The answer to who accepts `text/csv`: what the summary says stands in headers, the next page in `Link`. */
export const coverageCsv = (
  { value, summary }: { readonly value: readonly CoverageRow[]; readonly summary: CoverageSummary },
  next: string | undefined,
) => ({
  status: 200,
  headers: {
    'content-type': 'text/csv; charset=utf-8',
    'x-coverage-complete': String(summary.complete),
    ...(summary.readAt === undefined ? {} : { 'x-coverage-read-at': summary.readAt }),
    ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }),
  },
  body: csvOf(value),
});
