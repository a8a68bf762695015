import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const row = {
  ...{ id: '/subscriptions/s/disks/<b>data</b>', kind: 'disk', name: '<b>data</b>', subscriptionId: 's' },
  ...{
    resourceGroup: 'apps',
    state: 'late',
    since: '2026-08-22T02:00:00.000Z',
    reason: 'old',
    rule: 'disks',
  },
  readAt: '2026-08-22T02:00:00.000Z',
};
const drilled = (name: string, drill: object) => ({
  ...row,
  id: `${row.id}/${name}`,
  name,
  state: 'ok',
  drill,
});
const proof = { run: 'r1', at: '2026-08-20T02:00:00.000Z', pointAt: '2026-08-19T02:00:00.000Z' };
const rows = [
  row,
  drilled('ledger', { ...proof, verdict: 'proven', restoreSeconds: 341 }),
  drilled('claims', { ...proof, verdict: 'unverified', reason: 'DrillUnverified: silent.' }),
  drilled('portal', { ...proof, verdict: 'left over', reason: 'DrillLeftOver: abd-1: a lock keeps it.' }),
];
const plan = {
  ...{ location: 'plan.json', standing: 'current', since: '2026-08-01T00:00:00.000Z' },
  inForce: {
    rules: [{ name: 'disks', match: { kind: 'disk' }, expect: { every: 'P1D' } }],
    safety: { subscriptions: ['s', 'an empty one'], vaults: ['/subscriptions/s/vaults/v'] },
  },
};
const summary = {
  counts: { ok: 1, late: 2 },
  ...{ total: 3, selected: 3, readAt: '2026-08-22T02:00:00.000Z', complete: false },
  incompleteReasons: ['A page was lost.'],
};

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** An app that answers two pages; every request needs the token. */
async function app(): Promise<{ readonly url: string }> {
  const server = createServer((request, reply) => {
    if (request.headers.authorization !== 'Bearer let-me')
      return reply.writeHead(401).end('{"error":{"code":"TokenMissing"}}');
    const path = request.url ?? '';
    const isSecond = path.includes('continuation');
    if (request.headers.accept === 'text/csv') {
      if (!isSecond) reply.setHeader('link', '</api/coverage?continuation=x>; rel="next"');
      return reply.end(`id,name\r\n${isSecond ? '2,b' : '1,a'}\r\n`);
    }
    if (path.startsWith('/api/coverage'))
      return reply.end(
        JSON.stringify({
          value: isSecond ? [row] : rows,
          summary,
          ...(!isSecond && { nextLink: '/api/coverage?continuation=x' }),
        }),
      );
    if (path.startsWith('/api/vaults'))
      return reply.end(
        JSON.stringify({
          value: [{ name: 'v', id: 'v', readAt: '', posture: [{ control: 'softDelete', verdict: 'pass' }] }],
        }),
      );
    return reply.end(JSON.stringify(plan));
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const report = (args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/report.mjs', ...args]);
    let out = '';
    child.stdout.on('data', (text) => (out += String(text)));
    child.stderr.on('data', (text) => (out += String(text)));
    child.on('close', (code) => resolve({ code, out }));
  });

test('the report is one page and one file that stand alone, and say what they rest on', async () => {
  const { url } = await app();
  const out = mkdtempSync(join(tmpdir(), 'report-'));
  const { code, out: said } = await report([
    '--url',
    url,
    '--token',
    'let-me',
    '--out',
    out,
    '--by',
    'An Auditor',
  ]);
  expect([code, said.split('\n')[0]]).toEqual([0, '5 resources, not complete']);
  const [csv = '', html = ''] = readdirSync(out).sort();
  expect(readFileSync(join(out, csv), 'utf8')).toBe('id,name\r\n1,a\r\n2,b\r\n');
  const page = readFileSync(join(out, html), 'utf8');
  for (const wanted of [
    'An Auditor',
    '2026-08-22T02:00:00.000Z',
    'plan.json (current since 2026-08-01T00:00:00.000Z)',
    's, an empty one',
    '/subscriptions/s/vaults/v',
    '{&quot;kind&quot;:&quot;disk&quot;}',
    'A page was lost.',
    'softDelete',
  ])
    expect(page).toContain(wanted);
  expect(page).toContain('&lt;b&gt;data&lt;/b&gt;');
  expect(page).not.toContain('<b>data');
  expect(page).not.toMatch(/<script|<link|src=|@import/);
});

test('the report tells the newest drill of each resource; what is unverified or left over is a failure', async () => {
  const { url } = await app();
  const out = mkdtempSync(join(tmpdir(), 'report-'));
  await report(['--url', url, '--token', 'let-me', '--out', out]);
  const [, html = ''] = readdirSync(out).sort();
  const section = /<h2>Drills<\/h2>.*?(?=<h2>)/s.exec(readFileSync(join(out, html), 'utf8'))?.[0] ?? '';
  const text = section.replace(/<[^>]+>/g, '|');
  expect(text).toContain(
    '3 of 5 resources have been drilled: 1 is proven, 2 are failures. 2 have never been drilled.',
  );
  const cells = [...section.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, line = '']) =>
    [...line.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g)].map(([, cell]) => cell),
  );
  const at = '2026-08-20T02:00:00.000Z';
  const point = ['2026-08-19T02:00:00.000Z', '24 h'];
  expect(cells.map((line) => line.slice(0, 8))).toEqual([
    ['name', 'kind', 'verdict', 'counts as', 'drilled', 'point', 'age of the point', 'seconds to restore'],
    ['claims', 'disk', 'unverified', 'failure', at, ...point, ''],
    ['portal', 'disk', 'left over', 'failure', at, ...point, ''],
    ['ledger', 'disk', 'proven', 'proof', at, ...point, '341'],
  ]);
  expect(section).toContain('DrillLeftOver: abd-1: a lock keeps it.');
});

test('a refusal and a wrong call are one sentence, without a stack', async () => {
  const { url } = await app();
  const refused = await report(['--url', url]);
  expect([refused.code, refused.out.trim().split('\n').length]).toEqual([1, 1]);
  expect(refused.out).toContain('401');
  expect((await report([])).code).toBe(2);
});
