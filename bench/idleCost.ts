import type { HostJson } from '../local/functions-host/hostJson.ts';
import { prices } from './cost.ts';

/** What an idle app does in a month, beyond what host.json says. */
export interface IdleApp {
  /** Queues that functions of the app listen to. */
  readonly queues: number;
  /** Firings a day of timers that store when they fired. */
  readonly timersPerDay: number;
  /** Operations on the app's tables a day, all of them by timers. */
  readonly tableOperationsPerDay: number;
  /** How many more where a plan holds: coverage is read each hour, and a sweep finds all protected. */
  readonly tableOperationsOfPlanPerDay?: number;
}

/** One item of the bill. */
export interface IdlePart {
  readonly what: string;
  /** How the number comes about, in words. */
  readonly because: string;
  readonly perMonth: number;
  /** Dollars each. */
  readonly price: number;
  /** Whether the published figures count it. */
  readonly isPublished: boolean;
}

const days = 30;
const monthSeconds = days * 86_400;
/** The scale controller looks at each queue so often and asks two things; no setting changes that. */
const controllerSeconds = 10;
/** Leases and the table of partitions are renewed and read so often. */
const leaseSeconds = 10;
/** Published dollars of blob leases for a partition; there is no count behind it. */
const blobLeaseDollars = 0.228;

const perMonth = (seconds: number): number => monthSeconds / seconds;

function leases(hostJson: HostJson, partitions: number): IdlePart {
  const isTable = hostJson.flag('extensions.durableTask.storageProvider.useTablePartitionManagement', false);
  const what = 'leases of partitions';
  if (!isTable)
    return {
      ...{ what, because: `${partitions} blob leases`, perMonth: partitions, price: blobLeaseDollars },
      isPublished: true,
    };
  return {
    ...{ what, because: `(1 + ${partitions}) table operations each ${leaseSeconds} s` },
    perMonth: (1 + partitions) * perMonth(leaseSeconds),
    ...{ price: prices.tableOperation, isPublished: true },
  };
}

/** The Durable extension's share: queues of each partition and one of work items. */
function durableParts(hostJson: HostJson): readonly IdlePart[] {
  const at = 'extensions.durableTask.storageProvider';
  const partitions = hostJson.number(`${at}.partitionCount`, 4);
  const seconds = hostJson.durationMs(`${at}.maxQueuePollingInterval`, 30_000) / 1000;
  const queues = partitions + 1;
  const { queueOperation: price } = prices;
  return [
    {
      ...{ what: 'scale controller, Durable', because: `2 × ${queues} queues each ${controllerSeconds} s` },
      ...{ perMonth: 2 * queues * perMonth(controllerSeconds), price, isPublished: true },
    },
    {
      ...{ what: 'host polling, Durable', because: `${queues} queues each ${seconds} s, always awake` },
      ...{ perMonth: queues * perMonth(seconds), price, isPublished: true },
    },
    leases(hostJson, partitions),
  ];
}

/** The app's own queues and timers. */
function ownParts(hostJson: HostJson, app: IdleApp): readonly IdlePart[] {
  const seconds = hostJson.durationMs('extensions.queues.maxPollingInterval', 60_000) / 1000;
  const { queueOperation, tableOperation, blobWrite } = prices;
  return [
    {
      ...{
        what: 'scale controller, own queues',
        because: `2 × ${app.queues} queues each ${controllerSeconds} s`,
      },
      perMonth: 2 * app.queues * perMonth(controllerSeconds),
      ...{ price: queueOperation, isPublished: false },
    },
    {
      ...{
        what: 'host polling, own queues',
        because: `${app.queues} queues each ${seconds} s, always awake`,
      },
      ...{ perMonth: app.queues * perMonth(seconds), price: queueOperation, isPublished: false },
    },
    {
      ...{ what: 'tables read by timers', because: 'counted over 24 idle hours' },
      ...{ perMonth: app.tableOperationsPerDay * days, price: tableOperation, isPublished: false },
    },
    {
      ...{
        what: 'tables, where a plan holds',
        because: 'besides: coverage read each hour, a sweep that finds all protected',
      },
      perMonth: (app.tableOperationsOfPlanPerDay ?? 0) * days,
      ...{ price: tableOperation, isPublished: false },
    },
    {
      ...{ what: 'status of timers', because: 'a blob written at each firing, counted over 24 idle hours' },
      ...{ perMonth: app.timersPerDay * days, price: blobWrite, isPublished: false },
    },
  ];
}

/** What storage costs in a month (30 days) in which nothing happens, item by item. */
export const idleParts = (hostJson: HostJson, app: IdleApp): readonly IdlePart[] => [
  ...durableParts(hostJson),
  ...ownParts(hostJson, app),
];

/** Renewals of leases and of the locks of listeners by one host, a minute, as seen on the official host. */
const renewalsAMinute = 39;

/**
 * Operations in so many seconds that no backup asks for: looks at queues and renewals. An instance that is awake all the
 * time is assumed; looks that come closer together while messages arrive are counted with the messages they find.
 */
export function standingOperations(hostJson: HostJson, queues: number, seconds: number) {
  const idle = idleParts(hostJson, { queues, timersPerDay: 0, tableOperationsPerDay: 0 });
  const looks = idle.filter(({ what }) => /^(?:host polling|scale controller)/.test(what));
  return [
    ...looks.map(({ what, perMonth: all }) => ({ what, count: (all * seconds) / monthSeconds })),
    { what: 'leases and locks renewed', count: (renewalsAMinute * seconds) / 60 },
  ];
}

/** Dollars of several items. */
export const dollarsOf = (parts: readonly IdlePart[]): number =>
  parts.reduce((sum, part) => sum + part.perMonth * part.price, 0);
