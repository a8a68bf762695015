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
          value: [row],
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
    return reply.end(JSON.stringify({ location: 'plan.json', standing: 'current' }));
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
  expect([code, said.split('\n')[0]]).toEqual([0, '2 resources, not complete']);
  const [csv = '', html = ''] = readdirSync(out).sort();
  expect(readFileSync(join(out, csv), 'utf8')).toBe('id,name\r\n1,a\r\n2,b\r\n');
  const page = readFileSync(join(out, html), 'utf8');
  for (const wanted of [
    'An Auditor',
    '2026-08-22T02:00:00.000Z',
    'plan.json (current)',
    'A page was lost.',
    'softDelete',
  ])
    expect(page).toContain(wanted);
  expect(page).toContain('&lt;b&gt;data&lt;/b&gt;');
  expect(page).not.toContain('<b>data');
  expect(page).not.toMatch(/<script|<link|src=|@import/);
});

test('a refusal and a wrong call are one sentence, without a stack', async () => {
  const { url } = await app();
  const refused = await report(['--url', url]);
  expect([refused.code, refused.out.trim().split('\n').length]).toEqual([1, 1]);
  expect(refused.out).toContain('401');
  expect((await report([])).code).toBe(2);
});
