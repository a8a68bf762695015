import type { EstateServices } from '../estate/askArm.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import type { Table } from '../storage/table.ts';
import type { CoverageRow } from './schema.ts';

/** A run and the ARM id it is about. */
export interface RunAbout {
  readonly id: string;
  readonly run: NonNullable<CoverageRow['lastRun']>;
}

/** What coverage is read and kept with. */
export interface CoverageServices {
  readonly clock: () => Date;
  readonly newId: () => string;
  /** Rows, changes, days, vaults, the summary and how far a refresh has come. */
  readonly table: Table;
  readonly estate: EstateServices;
  readonly loadPlan: () => Promise<LoadedPlan>;
  /** Runs about one resource made since an instant (ISO 8601 UTC), newest first. */
  readonly runsSince: (since: string) => Promise<readonly RunAbout[]>;
  readonly log: (message: string) => void;
}

/** What a tick reads, tells and is noticed with. */
export interface CoverageTickServices extends CoverageServices {
  /** Messages to people. */
  readonly outbox: Table;
  /** Absent: nobody outside waits for a sign of life. */
  readonly pingUrl?: string;
  /** Posts a text to an https address; answers the status. */
  readonly post: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
}
