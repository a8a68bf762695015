import { readFileSync } from 'node:fs';
import { createHostJson } from '../local/functions-host/hostJson.ts';
import { dollarsOf, idleParts, type IdleApp } from './idleCost.ts';
import { inOwnProcess } from './ownProcess.ts';
import type { BenchReport } from './report.ts';

const program = new URL('./idleCase.ts', import.meta.url);

/** Storage of an idle app in dollars a month: by the published formula with host.json as it is, and what our timers add. */
export async function idle(): Promise<BenchReport> {
  const hostJson = createHostJson(JSON.parse(readFileSync('host.json', 'utf8')), {});
  const withoutPlan = await inOwnProcess<IdleApp>(program, { hasPlan: false });
  const withPlan = await inOwnProcess<IdleApp>(program, { hasPlan: true });
  const app: IdleApp = {
    ...withoutPlan,
    tableOperationsOfPlanPerDay: withPlan.tableOperationsPerDay - withoutPlan.tableOperationsPerDay,
  };
  const parts = idleParts(hostJson, app);
  const published = parts.filter(({ isPublished }) => isPublished);
  const dollars = (value: number) => `$${value.toFixed(3)}`;
  return {
    title: 'Idle storage',
    layer:
      "formula: intervals from host.json, prices of GPv2 LRS; the app's timers and their table operations counted over 24 " +
      'hours of the virtual clock (b). Upper bound: an instance that is always awake. The scale controller is assumed to ' +
      'look at own queues as it does at those of Durable; leases of the host and its singletons are left out',
    columns: ['what', 'because', 'operations a month', 'dollars a month'],
    rows: [
      ['**published scope: Durable alone**', '', '', dollars(dollarsOf(published))],
      ['**with own queues and timers**', '', '', dollars(dollarsOf(parts))],
      ...parts.map((part) => [
        ...[part.what, part.because, part.perMonth.toFixed(0), dollars(part.perMonth * part.price)],
      ]),
    ],
    data: { app, parts },
  };
}
