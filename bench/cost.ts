import type { Operations } from './durableOps.ts';

/** Dollars; third-party copies of the price list, GPv2 LRS and Functions, without the free grants. */
export const prices = {
  queueOperation: 0.004 / 10_000,
  tableOperation: 0.00036 / 10_000,
  blobWrite: 0.055 / 10_000,
  flexExecution: 0.4 / 1e6,
  flexGigabyteSecond: 0.000_026,
  consumptionExecution: 0.2 / 1e6,
  consumptionGigabyteSecond: 0.000_016,
} as const;

/** Memory of the smallest Flex instance; it is billed for at least a second whenever it is awake. */
export const flexGigabytes = 0.5;
const flexSecond = flexGigabytes * prices.flexGigabyteSecond;
/** Gigabyte-seconds of an execution on Consumption: 128 MB for 0.1 s, the least there is. */
const consumptionGigabyteSeconds = 0.0125;

/** What was counted in a fleet; all of it, not for one backup. */
export interface Counted {
  readonly storage: Operations;
  readonly executions: number;
  /** Distinct seconds in which a function began: one instance is awake in each of them. */
  readonly activeSeconds: number;
  /** The same, counted for each group of functions that has instances of its own. */
  readonly groupedSeconds: number;
}

/** Dollars for all of what was counted. */
export interface Cost {
  readonly queue: number;
  readonly table: number;
  readonly executions: number;
  readonly compute: number;
  readonly total: number;
  /** With an instance for each group of functions. */
  readonly groupedCompute: number;
  readonly groupedTotal: number;
  /** The same work on the Consumption plan. */
  readonly consumptionTotal: number;
}

/** Prices of what was counted: Flex Consumption with instances of 512 MB, one or one for each group, and Consumption. */
export function costOf({ storage, executions, activeSeconds, groupedSeconds }: Counted): Cost {
  const queue = storage.queue * prices.queueOperation;
  const table = storage.table * prices.tableOperation;
  const runs = executions * prices.flexExecution;
  const [compute, groupedCompute] = [activeSeconds * flexSecond, groupedSeconds * flexSecond];
  const each = prices.consumptionExecution + consumptionGigabyteSeconds * prices.consumptionGigabyteSecond;
  return {
    ...{ queue, table, executions: runs, compute, groupedCompute },
    total: queue + table + runs + compute,
    groupedTotal: queue + table + runs + groupedCompute,
    consumptionTotal: queue + table + executions * each,
  };
}
