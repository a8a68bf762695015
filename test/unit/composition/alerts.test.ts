import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alertCodes, writeAlert } from '../../../src/notifications/alert.ts';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { emptyPlan } from '../../../src/plan/loadPlan.ts';
import { runServices, stepServices } from '../../../src/composition/invocationServices.ts';
import { readSettings } from '../../../src/settings.ts';
import { readAllPages } from '../../../src/steps/exchange.ts';
import { httpApp, type HttpApp } from '../../support/httpApp.ts';

/** The rule of `infra/modules/observation.bicep`: what a line begins with, and where its code is. */
const rule = readFileSync('infra/modules/observation.bicep', 'utf8');
const begins = /Message startswith "([^"]+)"/.exec(rule)?.[1] ?? 'no rule';
const codePattern = new RegExp(/extract\("([^"]+)", 1, Message\)/.exec(rule)?.[1] ?? 'no rule');

const codesOf = (lines: readonly string[]): readonly (string | undefined)[] =>
  lines.filter((line) => line.startsWith(begins)).map((line) => codePattern.exec(line)?.[1]);
const alertsOf = ({ errors }: HttpApp) => codesOf(errors);

const request = { kind: 'backUp', target: { id: '/subscriptions/s/items/docs' } } as const;

async function appWithRun() {
  const app = httpApp();
  const runs = runServices(app.services, app.context('test'));
  const { run } = await acceptRun(runs, request, { source: 'http', caller: 'local', key: 'k' });
  const end = (status: 'unknown') =>
    finishRun(runs, { runId: run.id, generation: 1, ending: { status, warnings: [] } });
  return { app, runId: run.id, end };
}

test('every code is read from its line by the rule of the deployment, whatever the message holds', () => {
  const lines: string[] = [];
  for (const code of alertCodes) writeAlert({ error: (line) => lines.push(line) }, code, 'one:\n two', {});
  expect(codesOf(lines)).toEqual([...alertCodes]);
  expect(lines.join('')).not.toContain('\n');
});

test('a run that has not moved for an hour is stuck', async () => {
  const { app } = await appWithRun();
  app.flows.started.push(`${(await onlyRun(app)).rowKey}-1`);
  await app.fire('watchRuns');
  app.pass(5);
  await app.fire('watchRuns');
  app.pass(61);
  app.errors.length = 0;
  await app.fire('watchRuns');
  expect(alertsOf(app)).toContain('stuckRun');
});

const onlyRun = async ({ services: { tables } }: HttpApp) => {
  const { rows } = await tables.runs.page('runs');
  return rows.find(({ rowKey }) => !rowKey.includes('|')) ?? { rowKey: 'none' };
};

test('an unknown ending is told until a person closes it, and the closing is told too', async () => {
  const { app, runId, end } = await appWithRun();
  await end('unknown');
  await app.fire('watchRuns');
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual(['unknownEnding', 'unknownEnding']);
  await app.call('closeRun', { id: runId, body: { reason: 'seen\nin the vault' } });
  await app.call('closeRun', { id: runId, body: { reason: 'seen' } });
  await app.fire('watchRuns');
  expect(alertsOf(app).slice(2)).toEqual(['closedRun']);
});

test('messages that were given up are told with each look, and when they are taken up', async () => {
  const depth = { poison: 2 };
  const app = httpApp({
    queueLooks: { steps: { depth: async () => 0 }, poison: { depth: async () => depth.poison } },
  });
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual(['poisonQueue']);
  depth.poison = 0;
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual(['poisonQueue']);
  await app.fire('reconcilePoisonedStep', { runId: 'a'.repeat(40), stepId: '01' });
  expect(alertsOf(app).slice(1)).toEqual(['poisonQueue']);
});

test('a message that is none of ours orders nothing and is told', async () => {
  const app = httpApp();
  await app.fire('executeStep', { order: 'delete everything' });
  await app.fire('executeStep', { runId: 'a'.repeat(40), stepId: '01' });
  await app.fire('reconcilePoisonedStep', 'nonsense');
  expect(alertsOf(app)).toEqual(['strangeMessage', 'strangeMessage', 'strangeMessage']);
});

const closed = readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
const standing = (kind: 'lastGood' | 'empty' | 'current', path?: string) => () =>
  Promise.resolve({
    plan: emptyPlan,
    standing: kind,
    location: 'plan.json',
    problems: path === undefined ? [] : [{ severity: 'error' as const, path, message: 'is none' }],
  });

test.each([
  ['a broken plan beside a good one', { loadPlan: standing('lastGood', 'rules[0].vault') }],
  ['a broken plan without one', { loadPlan: standing('empty', 'rules[0].vault') }],
  ['no plan, and nothing else that allows anything', { settings: closed, loadPlan: standing('empty') }],
  ['a plan out of reach', { loadPlan: () => Promise.reject(new Error('no route')) }],
] as const)('%s is told', async (_, changes) => {
  const app = httpApp(changes);
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual(['plan']);
  await app.fire('watchRuns');
  const { rows } = await app.services.tables.outbox.page('pending', {});
  expect(rows.map(({ message }) => JSON.parse(String(message)).type)).toEqual([
    'AzureBackupAutomation.PlanBroken',
  ]);
});

test('no plan is no fault where settings allow something, nor is one that is current', async () => {
  const allowed = readSettings({
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    ALLOWED_SUBSCRIPTIONS: '11111111-1111-4111-8111-111111111111',
  });
  for (const app of [
    httpApp({ settings: allowed, loadPlan: standing('empty') }),
    httpApp({ settings: closed, loadPlan: standing('current') }),
  ]) {
    await app.fire('watchRuns');
    expect(alertsOf(app)).toEqual([]);
  }
});

test('a timer that has not run for an hour is told, the watchdog itself after a silence too', async () => {
  const app = httpApp();
  await app.fire('watchRuns');
  app.pass(59);
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual([]);
  await app.fire('scheduleTick');
  app.pass(61);
  await app.fire('watchRuns');
  const told = app.errors.filter((line) => line.startsWith('ALERT noTick'));
  expect(told.map((line) => /noTick (\w+)/.exec(line)?.[1])).toEqual([
    'refreshCoverage',
    'scheduleTick',
    'sendNotifications',
    'watchRuns',
  ]);
});

test('a run with two jobs under its own ids is doubled', async () => {
  const vault =
    '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/archive';
  const row = (name: string, activityId: string) => ({
    name,
    properties: { status: 'Completed', startTime: '2026-03-01T09:40:00Z', activityId },
  });
  const body = { value: [row('one', 'attempt-1'), row('two', 'attempt-2')] };
  const app = httpApp({
    arm: {
      send: async () => ({ kind: 'reply', reply: { status: 200, headers: {}, body } }),
      followUrl: () => Promise.reject(new Error('not asked')),
    },
    pacer: { reserve: async () => ({ kind: 'go' }), learn: async () => undefined },
  });
  await app.services.tables.steps.put({
    ...{ partitionKey: 'audit', rowKey: `${'a'.repeat(40)}-02`, attemptIds: 'attempt-1 attempt-2' },
    ...{ itemId: `${vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/docs` },
    ...{ firstClaimAt: '2026-03-01T09:40:00Z', dueAt: '2026-03-01T09:50:00Z' },
  });
  await app.fire('watchRuns');
  await app.fire('watchRuns');
  expect(alertsOf(app)).toEqual(['doubled']);
  expect(app.errors[0]).toContain('A run has 2 jobs: one, two.');
});

test('a URL that may not be followed is told, without the URL', async () => {
  const app = httpApp({
    arm: {
      send: async () => ({
        kind: 'reply',
        reply: {
          status: 200,
          headers: {},
          body: { value: [], nextLink: 'https://evil.example/?sig=secret' },
        },
      }),
      followUrl: () => Promise.reject(Object.assign(new Error('another host'), { name: 'UrlRefused' })),
    },
    pacer: { reserve: async () => ({ kind: 'go' }), learn: async () => undefined },
  });
  const call = {
    action: 'Microsoft.RecoveryServices/vaults/read',
    method: 'GET',
    path: '/subscriptions/s',
    apiVersion: '1',
  } as const;
  const deadlineAt = new Date('2026-03-01T10:01:00Z');
  await readAllPages(stepServices(app.services, app.context('executeStep')), call, {
    clientRequestId: 'id',
    deadlineAt,
  });
  expect(alertsOf(app)).toEqual(['refusedUrl']);
  expect(app.errors[0]).not.toContain('evil');
});
