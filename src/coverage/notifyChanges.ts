import type { JsonObject } from '../arm/call.ts';
import { messageIdOf, messageNaming, type NotificationMessage } from '../notifications/message.ts';
import { putMessageFor } from '../notifications/outbox.ts';
import { dueTimes } from '../plan/dueTimes.ts';
import type { Plan } from '../plan/schema.ts';
import type { StoredRow, Table } from '../storage/table.ts';
import type { Unsent } from './keptRows.ts';
import { readPage, readSummary } from './readCoverage.ts';
import { nowPartition } from './rows.ts';
import { coverageStateSchema, exceptionStates, type CoverageSummary } from './schema.ts';

/** What changes are told with. */
export interface NotifyingServices {
  readonly clock: () => Date;
  readonly table: Table;
  readonly outbox: Table;
  readonly loadPlan: () => Promise<{ readonly plan: Plan }>;
}

type PlanChannel = Plan['channels'][number];

/** Resources that a message names; the rest are counted. */
const mostNamed = 20;
const pageRows = 1000;

/** The changes of one refresh for one channel, as far as a message needs them. */
interface Group {
  readonly counts: Record<string, number>;
  total: number;
  named: readonly Unsent['row'][];
}

const rankOf = ({ state }: Unsent['row']): number => coverageStateSchema.options.indexOf(state);

function addTo(group: Group, { event, row }: Unsent): void {
  group.counts[event] = (group.counts[event] ?? 0) + 1;
  group.total++;
  group.named = [...group.named, row].sort((one, other) => rankOf(one) - rankOf(other)).slice(0, mostNamed);
}

const isFor = ({ tells, rules }: PlanChannel, { event, row }: Unsent): boolean =>
  tells.includes(event) &&
  (rules === undefined || rules.some((rule) => rule.toLowerCase() === row.rule?.toLowerCase()));

/** The instant in the key of an untold row: `untold|<milliseconds>|<hash>`. */
const instantIn = ({ rowKey }: StoredRow): string => rowKey.split('|')[1] ?? '';

const message = (
  type: NotificationMessage['type'],
  id: string,
  subject: string,
  time: string,
  data: JsonObject,
): NotificationMessage => ({
  ...{ specversion: '1.0', source: '/azure-backup-automation', datacontenttype: 'application/json' },
  ...{ id, type, subject, time, data },
});

function changeMessage(
  channel: PlanChannel,
  instant: string,
  group: Group,
  complete: boolean,
): NotificationMessage {
  const time = new Date(Number(instant)).toISOString();
  const id = messageIdOf('coverage', instant, channel.name);
  const { counts, total, named } = group;
  return messageNaming(named as unknown as JsonObject[], (resources) =>
    message('AzureBackupAutomation.CoverageChanged', id, '/api/coverage', time, {
      counts,
      resources: [...resources],
      more: total - resources.length,
      complete,
    }),
  );
}

/** Removes what has been told, a hundred rows at a time. */
async function forget(table: Table, rows: readonly StoredRow[]): Promise<void> {
  for (let begin = 0; begin < rows.length; begin += 100) {
    const some = rows.slice(begin, begin + 100);
    const changes = some.map(({ rowKey }) => ({ kind: 'remove', rowKey }) as const);
    const answer = await table.writeTogether(nowPartition, changes);
    if (answer.kind === 'conflict') for (const { rowKey } of some) await table.remove(nowPartition, rowKey);
  }
}

/** Every row of the oldest refresh that has not been told; a refresh is told as a whole, once it is finished. */
async function eachUnsent(
  table: Table,
  instant: string,
  take: (rows: readonly StoredRow[]) => void | Promise<void>,
): Promise<void> {
  let from = `untold|${instant}|`;
  for (;;) {
    const page = await table.page(nowPartition, { from, before: `untold|${instant}}`, top: pageRows });
    await take(page.rows);
    const last = page.rows.at(-1);
    if (page.continuation === undefined || !last) return;
    from = `${last.rowKey}!`;
  }
}

async function oldestUnsent(table: Table): Promise<string | undefined> {
  const { rows } = await table.page(nowPartition, { from: 'untold|', before: 'untold}', top: 1 });
  return rows[0] && instantIn(rows[0]);
}

async function notifyOfOne(
  services: NotifyingServices,
  plan: Plan,
  instant: string,
  summary: CoverageSummary,
): Promise<void> {
  const { table, outbox, clock } = services;
  const groups = plan.channels.map((channel) => ({
    channel,
    group: { counts: {}, total: 0, named: [] } as Group,
  }));
  await eachUnsent(table, instant, (rows) => {
    for (const row of rows) {
      const untold = JSON.parse(String(row['data'])) as Unsent;
      for (const { channel, group } of groups) if (isFor(channel, untold)) addTo(group, untold);
    }
  });
  for (const { channel, group } of groups) {
    if (group.total === 0) continue;
    const told = changeMessage(channel, instant, group, summary.complete);
    await putMessageFor(outbox, channel.name, told, clock());
  }
  // Messages lie in the outbox under their ids by now: what is read again after a crash makes the same.
  await eachUnsent(table, instant, (rows) => forget(table, rows));
}

/** Puts the changes of finished refreshes into the outbox: each once, over restarts and several instances. */
export async function notifyChanges(services: NotifyingServices): Promise<void> {
  const summary = await readSummary(services.table);
  if (summary.readAt === undefined) return;
  const { plan } = await services.loadPlan();
  for (;;) {
    const instant = await oldestUnsent(services.table);
    if (instant === undefined || Number(instant) > Date.parse(summary.readAt)) return;
    await notifyOfOne(services, plan, instant, summary);
  }
}

/** An occurrence of a digest that was missed for longer is left out: the next one says the same. */
const digestWindowMs = 2 * 3_600_000;

/** What a digest counts. */
const exceptionsIn = ({ counts }: CoverageSummary): Readonly<Record<string, number>> =>
  Object.fromEntries(
    exceptionStates.map((state) => [state, counts[state]] as const).filter(([, count]) => count > 0),
  );

/** `neverBackedUp` as `never backed up`. */
const inWords = (state: string): string => state.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function sentenceOf(summary: CoverageSummary): string {
  const { counts, selected, complete } = summary;
  const bad = Object.entries(exceptionsIn(summary)).map(([state, count]) => `${count} ${inWords(state)}`);
  const whole = complete ? '' : ' The read was not complete.';
  const rest = bad.length === 0 ? '' : `; ${bad.join(', ')}`;
  return `${counts.ok} of ${selected} selected resources have a recovery point as young as is asked${rest}.${whole}`;
}

async function digestOf(
  services: NotifyingServices,
  channel: PlanChannel,
  dueAt: string,
): Promise<NotificationMessage> {
  const { value, summary } = await readPage(services.table, {}, { top: mostNamed });
  const counts = exceptionsIn(summary);
  const named = value.filter(({ state }) => state in counts);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rows = named.map(({ id, kind, name, state, since, reason, serviceWords, advice, rule }) =>
    Object.fromEntries(
      Object.entries({ id, kind, name, state, since, reason, serviceWords, advice, rule }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  );
  const id = messageIdOf('digest', dueAt, channel.name);
  return messageNaming(rows as unknown as JsonObject[], (resources) =>
    message('AzureBackupAutomation.CoverageDigest', id, '/api/coverage', dueAt, {
      sentence: sentenceOf(summary),
      counts,
      resources: [...resources],
      more: total - resources.length,
      complete: summary.complete,
      ...(summary.readAt === undefined ? {} : { readAt: summary.readAt }),
    }),
  );
}

/** Puts the digests that have fallen due into the outbox, each once. */
export async function notifyDigests(services: NotifyingServices): Promise<void> {
  const { plan } = await services.loadPlan();
  const now = services.clock();
  for (const channel of plan.channels) {
    if (!channel.digest) continue;
    const due = dueTimes(channel.digest, new Date(now.getTime() - digestWindowMs), now)
      .at(-1)
      ?.toISOString();
    if (due === undefined) continue;
    await putMessageFor(services.outbox, channel.name, await digestOf(services, channel, due), now);
  }
}
