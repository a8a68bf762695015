import type { Table } from '../storage/table.ts';

/** What a sweep has found so far. */
export interface SweepSummary {
  /** Resources by finding: skipped, missing, protected, drift, notEligible, protectedOutsidePlan. */
  readonly counts: Readonly<Record<string, number>>;
  /** Pages of Resource Graph read by the first look. */
  readonly pages: number;
  readonly accountsListed: number;
  /** Key of the last storage account whose shares were listed; they are taken in the order of their keys. */
  readonly accountsDoneTo: string;
  readonly drift: readonly {
    readonly target: string;
    readonly item: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly notEligible: readonly {
    readonly target: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly protectedOutsidePlan: readonly {
    readonly target: string;
    readonly item: string;
    readonly reason: string;
  }[];
  readonly orphans: readonly { readonly item: string; readonly source: string; readonly vault: string }[];
  /** Why the shares of an account could not be listed. */
  readonly unreadable: readonly string[];
  readonly warnings: readonly string[];
}

/** Characters of one column; a row has room for many. */
const chunk = 30_000;
const rowKey = 'summary';

/** The summary of a sweep; undefined before its first look is stored. */
export async function readSummary(table: Table, partitionKey: string): Promise<SweepSummary | undefined> {
  const row = await table.read(partitionKey, rowKey);
  if (!row) return undefined;
  const parts = Object.keys(row)
    .filter((name) => /^text\d{3}$/.test(name))
    .sort();
  const stored = JSON.parse(parts.map((name) => row[name]).join('')) as SweepSummary;
  // A sweep that is under way when the app is renewed has a summary without these two.
  return {
    ...stored,
    notEligible: stored.notEligible ?? [],
    protectedOutsidePlan: stored.protectedOutsidePlan ?? [],
  };
}

/** Rows hold a million characters less some: what does not fit is counted instead of listed. */
const longestSummary = 450_000;

function shortened(summary: SweepSummary): SweepSummary {
  if (JSON.stringify(summary).length <= longestSummary) return summary;
  const cut = <T>(list: readonly T[]): readonly T[] => list.slice(0, 200);
  const { drift, orphans, notEligible, protectedOutsidePlan, unreadable, warnings } = summary;
  const said =
    `Lists are cut: ${drift.length} of drift, ${orphans.length} orphans, ${notEligible.length} not eligible, ` +
    `${protectedOutsidePlan.length} protected outside the plan.`;
  return {
    ...summary,
    drift: cut(drift),
    orphans: cut(orphans),
    notEligible: cut(notEligible),
    protectedOutsidePlan: cut(protectedOutsidePlan),
    unreadable: cut(unreadable),
    warnings: [...warnings.filter((one) => !one.startsWith('Lists are cut')), said],
  };
}

/** Stores the summary in place of the one before. */
export async function writeSummary(table: Table, partitionKey: string, summary: SweepSummary): Promise<void> {
  const text = JSON.stringify(shortened(summary));
  const parts: Record<string, string> = {};
  for (let at = 0; at * chunk < text.length; at++) {
    parts[`text${String(at).padStart(3, '0')}`] = text.slice(at * chunk, (at + 1) * chunk);
  }
  await table.put({ partitionKey, rowKey, ...parts });
}
