import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeScripts, runProgram } from './shells.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const id = 'ab'.repeat(20);
const goesOn: Answer = { status: 202, body: { id, status: 'running' }, headers: { 'retry-after': '1' } };
const ended = (status: string, more: object = {}): Answer => ({
  status: 200,
  body: { id, status, warnings: [], ...more },
});
const later = { 'retry-after': '7' };

let server: Server;
let app: string;
let answers: Answer[];
let asked: Asked[];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      // The last answer stays.
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(answer?.status ?? 500, answer?.headers);
      response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  app = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

let folder: string;
const now = (): number => Number(readFileSync(join(folder, 'now'), 'utf8'));

/** A clock of the shell's own, which only its pauses move. */
function setClock(): void {
  const clock = join(folder, 'now');
  writeFileSync(clock, '1000');
  writeFileSync(join(folder, 'date'), `#!/bin/sh\ncat '${clock}'\n`, { mode: 0o755 });
  const sleep = `#!/bin/sh\necho $(($(cat '${clock}') + $1)) >'${clock}'\n`;
  writeFileSync(join(folder, 'sleep'), sleep, { mode: 0o755 });
}

beforeEach(() => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'backup-script-'));
  setClock();
  return () => rmSync(folder, { recursive: true });
});

const script = (words: readonly string[], variables: Record<string, string> = {}) =>
  runProgram('sh', ['scripts/backup.sh', ...words], {
    PATH: `${folder}:${process.env['PATH']}`,
    ...variables,
  });

function backUp(
  given: readonly Answer[],
  options: readonly string[] = [],
  variables: Record<string, string> = {},
) {
  answers = [...given];
  return script(['--app', app, '--target', '/subscriptions/x', '--key', 'k-1', ...options], {
    BACKUP_TOKEN: 'a.b.c',
    ...variables,
  });
}

describeScripts('waiting', () => {
  test('asks with the same key, body and token until the run has ended', async () => {
    expect(await backUp([goesOn, goesOn, ended('completed')])).toMatchObject({ code: 0, errors: '' });
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/backups?wait=0',
      '/api/backups?wait=200',
      '/api/backups?wait=200',
    ]);
    for (const { headers, body } of asked) {
      expect(headers).toMatchObject({ 'idempotency-key': 'k-1', authorization: 'Bearer a.b.c' });
      expect(JSON.parse(body)).toEqual({ target: { id: '/subscriptions/x' } });
    }
  });

  test.each([429, 408, 500, 502, 503, 504])('%i is asked again when Retry-After says', async (status) => {
    const { code, out } = await backUp([{ status, body: '<html>', headers: later }, ended('completed')]);
    expect(code).toBe(0);
    expect(out).toContain(`${status}; asking again in 7 s.`);
    expect(now()).toBe(1007);
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['k-1']));
  });

  test('ends with 4 at its time limit, and says that the backup goes on under its key', async () => {
    const { code, errors } = await backUp([goesOn], ['--time-limit', '90']);
    expect(code).toBe(4);
    expect(errors).toBe(
      `No ending within 90 s; run ${id} goes on. Asked again with key k-1, it is waited for again.\n`,
    );
  });

  test('an item that had a backup a moment ago is waited for, however long the app says', async () => {
    const error = { code: 'ItemCoolDown', message: 'The item has a backup.' };
    const cooling = { status: 429, body: { error }, headers: { 'retry-after': '800' } };
    const { code, out } = await backUp([cooling, cooling, cooling, ended('completed')]);
    expect(code).toBe(0);
    expect(out).toContain('429 ItemCoolDown: The item has a backup; asking again in 800 s.');
    expect(now()).toBe(1000 + 3 * 800);
  });

  test('pauses get longer where no Retry-After says how long', async () => {
    const bad = { status: 502, body: '' };
    expect(await backUp([bad, bad, bad, bad, bad, bad, ended('completed')])).toMatchObject({ code: 0 });
    expect(now()).toBe(1000 + 2 + 4 + 8 + 16 + 32 + 60);
  });

  test('an answer that nothing on the way holds is no reason to ask all the time', async () => {
    await backUp([goesOn, goesOn, goesOn, goesOn, ended('completed')]);
    expect(asked).toHaveLength(5);
    expect(now()).toBe(1003);
  });

  test('gives up on an app that has no good answer', async () => {
    const { code, errors } = await backUp(
      [{ status: 502, body: '', headers: later }],
      ['--give-up-after', '20'],
    );
    expect(code).toBe(4);
    expect(errors).toContain('has given no good answer for 20 s, the last was: 502');
    expect(now()).toBe(1021);
    const nobody = await script(['--app', 'http://127.0.0.1:1', '--rule', 'r', '--give-up-after', '0']);
    expect(nobody).toMatchObject({ code: 4, errors: expect.stringContaining('no answer') });
  });

  test('without an ending the summary has the reason, and the outputs what to ask for', async () => {
    const [outputs, summary] = [join(folder, 'outputs'), join(folder, 'summary')];
    await backUp([goesOn], ['--time-limit', '5', '--outputs', outputs, '--summary', summary]);
    expect(readFileSync(outputs, 'utf8')).toBe(`run-id=${id}\nstatus=\nkey=k-1\n`);
    expect(readFileSync(summary, 'utf8')).toContain(
      `### Backup: no ending\n\nNo ending within 5 s; run ${id} goes on.`,
    );
  });

  test('every fault of a body is told', async () => {
    const details = [
      { code: 'InvalidField', target: 'target', message: 'is missing' },
      { code: 'InvalidField', target: 'keepFor', message: 'is no duration' },
    ];
    const error = { code: 'InvalidRequest', message: 'The body has 2 faults.', details };
    expect(await backUp([{ status: 400, body: { error } }])).toMatchObject({
      code: 3,
      errors:
        'The app refused with 400 InvalidRequest: The body has 2 faults. (target: is missing; keepFor: is no duration)\n',
    });
  });

  test('an app that is closed for good is not waited for', async () => {
    const closed = { status: 503, body: { error: { code: 'AccessNotConfigured', message: 'Closed.' } } };
    expect(await backUp([closed])).toMatchObject({
      code: 3,
      errors: 'The app refused with 503 AccessNotConfigured: Closed.\n',
    });
  });

  test('a token that has ended is replaced once', async () => {
    const old = {
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken', message: 'Bad token.' } },
    };
    const command = `echo x >>'${folder}/n' && echo t$(grep -c x '${folder}/n')`;
    const waits = { status: 429, body: '', headers: { 'retry-after': '1' } };
    const { code } = await backUp([waits, old, ended('completed')], ['--token-command', command]);
    expect(code).toBe(0);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });
});

describeScripts('endings', () => {
  test.each(['failed', 'cancelled', 'skipped', 'timedOut', 'unknown', ''])('"%s" is 1', async (status) => {
    const error = { code: 'VaultBusy', message: 'It is busy.', advice: 'Ask later.' };
    expect(await backUp([ended(status, { error })])).toMatchObject({
      code: 1,
      errors: `Run ${id}: ${status || 'no status'}. VaultBusy: It is busy. Ask later.\n`,
    });
  });

  test('warnings are good enough unless it is strict', async () => {
    const warned = ended('completedWithWarnings', { warnings: ['One file was open.'] });
    expect(await backUp([warned])).toMatchObject({
      code: 0,
      out: expect.stringContaining('One file was open.'),
    });
    expect(await backUp([warned], ['--strict'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('One file was open.'),
    });
  });

  test('words of the service neither command a pipeline nor break its files', async () => {
    const message = 'a|b\n::set-output name=x::y\n##vso[task.complete]<b>`c`';
    const [outputs, summary] = [join(folder, 'outputs'), join(folder, 'summary')];
    const { out, errors } = await backUp(
      [ended('failed\nstatus=completed', { error: { code: 'E', message } })],
      ['--outputs', outputs, '--summary', summary],
      { TF_BUILD: 'True' },
    );
    expect(`${out}${errors}`.split('\n').filter((line) => /^::|##vso\[task\.complete/.test(line))).toEqual(
      [],
    );
    expect(out).toMatch(/^##vso\[task\.logissue type=error\]Run /m);
    expect(readFileSync(outputs, 'utf8')).toContain('\nstatus=failed status=completed\n');
    expect(readFileSync(summary, 'utf8')).toContain(
      '| message | a\\|b ::set-output name=x::y ##vso\\[task.complete\\]&lt;b>\\`c\\` |',
    );
  });
});

describeScripts('wrong usage', () => {
  test.each([
    [[], '--app is missing: the URL of the app.'],
    [['--app', 'http://backups.example.org', '--rule', 'r'], '--app is no https URL: a token is sent there.'],
    [
      ['--app', 'https://x/?a', '--rule', 'r'],
      '--app is no plain URL: https://, the host, nothing behind it.',
    ],
    [['--app', 'https://x'], 'Exactly one of --target, --rule and --body says what is backed up.'],
    [
      ['--app', 'https://x', '--rule', 'r', '--target', 't'],
      'Exactly one of --target, --rule and --body says what is backed up.',
    ],
    [['--app', 'https://x', '--body', '[]'], '--body is no JSON object.'],
    [['--app', 'https://x', '--body', '@nowhere.json'], '--body: nowhere.json cannot be read.'],
    [
      ['--app', 'https://x', '--rule', 'r', '--key', 'a b'],
      '--key has other characters than A-Z a-z 0-9 . _ : -',
    ],
    [['--app', 'https://x', '--rule', 'r', '--key', 'k'.repeat(129)], '--key is longer than 128 characters.'],
    [
      ['--app', 'https://x', '--rule', 'r', '--time-limit', '1h'],
      '--time-limit is no whole number of seconds.',
    ],
    [['--app'], '--app needs a value.'],
    [['--aap', 'https://x'], '--aap is no option; --help tells them.'],
  ])('ends with 2 and one sentence: %j', async (words, sentence) => {
    expect(await script(words)).toEqual({ code: 2, out: '', errors: `${sentence}\n` });
  });
});
