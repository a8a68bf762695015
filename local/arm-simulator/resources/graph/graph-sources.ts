import type { Core } from '../../core.ts';
import { perCore } from '../per-core.ts';

/** A row before Resource Graph dresses it: an ARM resource of any depth. */
export interface GraphRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly tags?: Record<string, string>;
  readonly kind?: string;
  readonly sku?: unknown;
  readonly identity?: unknown;
  readonly managedBy?: string;
  readonly properties?: unknown;
}

/** Tables that can be queried. */
export type GraphTable = 'resources' | 'resourcecontainers' | 'recoveryservicesresources';

interface Source {
  readonly table: GraphTable;
  readonly rows: () => readonly GraphRow[];
}

const sourcesOf = perCore((): Source[] => []);

/** Lets a provider add rows to a table; `rows` is asked at every query (or, with a lag, after every call). */
export function addGraphSource(core: Core, table: GraphTable, rows: () => readonly GraphRow[]): void {
  sourcesOf(core).push({ table, rows });
}

/** All rows of all tables as they are now. */
export function currentRows(core: Core): Record<GraphTable, GraphRow[]> {
  const all = (table: GraphTable) =>
    sourcesOf(core)
      .filter((source) => source.table === table)
      .flatMap(({ rows }) => [...rows()]);
  return {
    resources: all('resources'),
    resourcecontainers: all('resourcecontainers'),
    recoveryservicesresources: all('recoveryservicesresources'),
  };
}
