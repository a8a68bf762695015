import { describe, expect, test } from 'vitest';
import { postingOf, serviceNowBody, slackBody, teamsBody } from '../../../src/notifications/channels.ts';
import {
  messageIdOf,
  messageNaming,
  messageOf,
  planMessage,
  signatureOf,
  type NotificationMessage,
} from '../../../src/notifications/message.ts';
import type { JsonObject } from '../../../src/arm/call.ts';
import { endedBatch } from '../../support/endedBatch.ts';

const coverage = (data: JsonObject, type = 'CoverageChanged'): NotificationMessage => ({
  ...{ specversion: '1.0', id: 'c'.repeat(40), source: '/azure-backup-automation' },
  type: `AzureBackupAutomation.${type}` as NotificationMessage['type'],
  ...{ subject: '/api/coverage', time: '2026-08-22T02:00:00.000Z', datacontenttype: 'application/json' },
  data,
});

const late = {
  counts: { late: 2, ok: 1, down: 0 },
  resources: [
    { name: 'vm-1', state: 'late', reason: 'No point since Friday.', serviceWords: 'Busy.', rule: 'nightly' },
    { name: 'vm-2', state: 'late', reason: 'No point since Monday.' },
    {},
  ],
  more: 4,
  complete: true,
};

/** What a ticket of ServiceNow tells, which has no layout of its own: title and lines. */
const wordsOf = (message: NotificationMessage): readonly string[] => {
  const { short_description, description } = serviceNowBody(message);
  return [String(short_description), ...String(description).split('\n')];
};

describe('a message about the coverage', () => {
  test('names counts, when it was read, each resource with its rule and reasons, and how many more there are', () => {
    expect(wordsOf(coverage(late))).toEqual([
      'Backups: 2 late, 1 ok',
      'Read: 2026-08-22T02:00:00.000Z',
      'Complete: yes',
      'late: vm-1 (nightly): No point since Friday. Busy.',
      'late: vm-2: No point since Monday.',
      ': : ',
      '… and 4 more.',
    ]);
  });

  test('that is a digest has a sentence for its title, or its counts', () => {
    const digest = (data: JsonObject) => wordsOf(coverage(data, 'CoverageDigest'))[0];
    expect(digest({ ...late, sentence: 'Two are late.' })).toBe('Backups: Two are late.');
    expect(digest(late)).toBe('Backups: 2 late, 1 ok');
    expect(wordsOf(coverage({ ...late, sentence: 'Two are late.' }))[0]).toBe('Backups: 2 late, 1 ok');
  });

  test.each([
    [{ complete: false }, 'Complete: no: something could not be read'],
    [{ incomplete: [{ what: 'vault' }] }, 'Complete: no: something could not be read'],
    [{ incomplete: [] }, 'Complete: yes'],
    [{}, 'Complete: yes'],
  ])('says whether all was read: %j', (data, line) => {
    const counts = { late: 1 };
    expect(wordsOf(coverage({ ...data, counts }))).toEqual([
      ...['Backups: 1 late', 'Read: 2026-08-22T02:00:00.000Z', line],
    ]);
  });

  test('is good news where everything is well again, and nothing to hurry for', () => {
    expect(serviceNowBody(coverage({ counts: { ok: 3 } }))).toMatchObject({ urgency: '3', impact: '3' });
    expect(serviceNowBody(coverage({}))).toMatchObject({ urgency: '3' });
    expect(serviceNowBody(coverage(late))).toMatchObject({ urgency: '2', impact: '2' });
  });
});

describe('a message about a run', () => {
  const { counts: _counts, ...single } = endedBatch({ id: 'a'.repeat(40) });
  const target = { id: '/subscriptions/s/disks/d' };
  const error = { code: 'Gone', message: 'The disk is gone.', advice: 'Choose another.' };

  test('names its kind, ending, record, target and reason', () => {
    expect(wordsOf(messageOf({ ...single, target, error } as never))).toEqual([
      'Run (backUp) failed',
      `Record: /api/runs/${'a'.repeat(40)}`,
      'Target: {"id":"/subscriptions/s/disks/d"}',
      'Gone: The disk is gone. Choose another.',
    ]);
    expect(wordsOf(messageOf({ ...single, status: 'completed' }))).toEqual([
      'Run (backUp) completed',
      `Record: /api/runs/${'a'.repeat(40)}`,
    ]);
  });

  test('that is a batch names its counts and what has failed, by reason or else by ending', () => {
    const failures = [
      { target: '/disks/d', status: 'failed', error: { code: 'Gone', message: 'The disk is gone.' } },
      { target: '/disks/e', status: 'timedOut' },
      {},
    ];
    expect(wordsOf(messageOf(endedBatch({ failures: failures as never })))).toEqual([
      'Batch failed',
      `Record: /api/runs/${'b'.repeat(40)}`,
      'Items: 12 total, 11 completed, 1 failed',
      '/disks/d: The disk is gone.',
      '/disks/e: timedOut',
      ': ',
    ]);
  });

  test('is good news where it has completed', () => {
    expect(serviceNowBody(messageOf({ ...single, status: 'completed' })).urgency).toBe('3');
    expect(serviceNowBody(messageOf({ ...single, status: 'completedWithWarnings' })).urgency).toBe('2');
  });

  test('is one per ending, at the time of that, or of its request where it never ran', () => {
    const message = messageOf(single);
    expect(message).toMatchObject({
      ...{ specversion: '1.0', source: '/azure-backup-automation', datacontenttype: 'application/json' },
      type: 'AzureBackupAutomation.RunEnded',
      time: '2026-08-22T01:10:00.000Z',
      data: { status: 'failed', kind: 'backUp' },
    });
    expect(message.data).not.toHaveProperty('steps');
    expect(messageOf({ ...single }).id).toBe(message.id);
    expect(messageOf({ ...single, status: 'completed' }).id).not.toBe(message.id);
    expect(messageOf({ ...single, id: 'd'.repeat(40) }).id).not.toBe(message.id);
    const { endedAt: _endedAt, ...never } = single;
    expect(messageOf(never).time).toBe('2026-08-22T01:00:00.000Z');
  });
});

test('a message about the plan says what is wrong with it, and since when', () => {
  const at = new Date('2026-08-22T02:00:00.000Z');
  const message = planMessage('rules[0]: no vault', at);
  expect(message).toEqual({
    ...{ specversion: '1.0', source: '/azure-backup-automation', datacontenttype: 'application/json' },
    ...{ type: 'AzureBackupAutomation.PlanBroken', subject: '/api/plan', time: '2026-08-22T02:00:00.000Z' },
    id: messageIdOf('plan', 'rules[0]: no vault', '2026-08-22T02:00:00.000Z'),
    data: { fault: 'rules[0]: no vault' },
  });
  expect(wordsOf(message)).toEqual([
    'The plan of the backups is not in force as it lies there',
    'Since: 2026-08-22T02:00:00.000Z',
    'rules[0]: no vault',
  ]);
  expect(serviceNowBody(message).urgency).toBe('2');
});

test('the id of a message is 40 hex digits of what makes it the only one', () => {
  // printf 'run|failed' | sha256sum
  expect(messageIdOf('run', 'failed')).toBe('f6a0f1bd7713486dbba6cdbf0dff9c046fce2ee3');
});

test('the signature of a body is the HMAC over its time and itself', () => {
  // printf '2026-08-22T01:10:00.000Z.{"a":"ü"}' | openssl dgst -sha256 -hmac 'a key'
  expect(signatureOf('a key', '2026-08-22T01:10:00.000Z', '{"a":"ü"}')).toBe(
    'sha256=096d479007f363ed2047132fa08494ce80c63c1b91822fcee00ed7051b3187f4',
  );
});

describe('a message that names resources', () => {
  const told = (named: readonly JsonObject[]): NotificationMessage => coverage({ resources: [...named] });
  const row = (id: string, reason: string): JsonObject => ({ id, name: 'vm', reason, age: 7 });

  test('shortens their words to 400 characters, and leaves ids whole', () => {
    const [long] = [row(`/x/${'y'.repeat(600)}`, 'z'.repeat(600))];
    expect(messageNaming([long], told).data).toEqual({
      resources: [{ id: `/x/${'y'.repeat(600)}`, name: 'vm', reason: `${'z'.repeat(399)}…`, age: 7 }],
    });
    const ids = { vaultId: 'v'.repeat(500), vaultIdea: 'w'.repeat(500) };
    expect(messageNaming([ids], told).data).toEqual({
      resources: [{ vaultId: 'v'.repeat(500), vaultIdea: `${'w'.repeat(399)}…` }],
    });
  });

  test('names as many as 28,000 bytes hold, the first ones, and none where not even one does', () => {
    const many = Array.from({ length: 100 }, (_, at) => row(`/${at}`, 'z'.repeat(400)));
    const message = messageNaming(many, told);
    const bytes = (one: NotificationMessage) => Buffer.byteLength(JSON.stringify(one));
    const named = message.data['resources'] as readonly JsonObject[];
    expect(bytes(message)).toBeLessThanOrEqual(28_000);
    expect(bytes(told(many.slice(0, named.length + 1)))).toBeGreaterThan(28_000);
    expect(named[0]).toMatchObject({ id: '/0' });
    expect(messageNaming([row('i'.repeat(30_000), '')], told).data).toEqual({ resources: [] });
    expect(messageNaming([], told).data).toEqual({ resources: [] });
  });
});

describe('an ended run with more to tell than a message holds', () => {
  const failure = (at: number) => ({
    ...{ target: `/disks/${at}`, status: 'failed' },
    error: { code: 'Gone', message: 'x'.repeat(2000) },
  });
  const ending = (differs: object) => messageOf(endedBatch(differs as never)).data;
  const failures = (count: number) => Array.from({ length: count }, (_, at) => failure(at));

  test('is told whole where it fits', () => {
    const whole = { failures: failures(12), report: { a: 1 }, result: { b: 2 }, warnings: ['w'] };
    expect(ending(whole)).toMatchObject(whole);
  });

  test.each([
    [{ failures: failures(14) }, 10],
    [{ failures: failures(14).map((one) => ({ ...one, at: 'y'.repeat(1000) })) }, 5],
    [{ failures: failures(14).map((one) => ({ ...one, at: 'y'.repeat(4000) })) }, 2],
    [{ failures: failures(14).map((one) => ({ ...one, at: 'y'.repeat(20_000) })) }, 0],
  ])('is told with fewer failures and warnings, without its report and result', (differs, count) => {
    const data = ending({
      ...{ ...differs, warnings: Array.from({ length: 12 }, (_, at) => `w${at}`) },
      ...{ report: { a: 1 }, result: { b: 2 }, error: { code: 'Gone', message: 'm'.repeat(500) } },
    });
    expect(data).not.toHaveProperty('report');
    expect(data).not.toHaveProperty('result');
    expect(data['failures']).toHaveLength(count);
    expect(data['warnings']).toHaveLength(count);
    expect(data['error']).toEqual({ code: 'Gone', message: `${'m'.repeat(399)}…` });
  });

  test('is told without an error where it has none', () => {
    expect(ending({ report: { a: 'x'.repeat(30_000) } })).not.toHaveProperty('error');
  });
});

describe('the layout of', () => {
  test('a card of Teams: title, facts, lines', () => {
    const body = teamsBody(coverage(late)) as {
      attachments: [{ contentUrl: null; contentType: string; content: { body: unknown } & JsonObject }];
    };
    const [{ contentType, content }] = body.attachments;
    const bold = (text: string) => ({ type: 'TextRun', text, weight: 'Bolder' });
    const plain = (text: string) => ({ type: 'TextRun', text });
    const block = (...inlines: readonly object[]) => ({ type: 'RichTextBlock', inlines });
    expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(content).toEqual({
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      ...{ type: 'AdaptiveCard', version: '1.4' },
      body: [
        {
          ...{ type: 'TextBlock', text: 'Backups: 2 late, 1 ok', wrap: true },
          ...{ size: 'Large', weight: 'Bolder', color: 'Attention' },
        },
        block(bold('Read: '), plain('2026-08-22T02:00:00.000Z')),
        block(bold('Complete: '), plain('yes')),
        block(plain('late: vm-1 (nightly): No point since Friday. Busy.')),
        block(plain('late: vm-2: No point since Monday.')),
        block(plain(': : ')),
        block(plain('… and 4 more.')),
      ],
    });
    expect(JSON.stringify(teamsBody(coverage({ counts: { ok: 3 } })))).toContain('"color":"Good"');
  });

  test('a message of Slack: header, facts, seven lines to a section', () => {
    const resources = Array.from({ length: 8 }, (_, at) => ({ name: `vm-${at}`, state: 'late' }));
    const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });
    expect(slackBody(coverage({ counts: { late: 8 }, resources }))).toEqual({
      text: 'Backups: 8 late',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Backups: 8 late' } },
        section('*Read*: 2026-08-22T02:00:00.000Z\n*Complete*: yes'),
        section(Array.from({ length: 7 }, (_, at) => `• late: vm-${at}: `).join('\n')),
        section('• late: vm-7: '),
      ],
    });
  });

  test('a ticket of ServiceNow, whose text ends with as many lines as 4,000 characters hold', () => {
    expect(serviceNowBody(coverage(late))).toMatchObject({
      correlation_id: 'c'.repeat(40),
      correlation_display: 'azure-backup-automation',
    });
    const resources = Array.from({ length: 10 }, (_, at) => ({ name: `vm-${at}`, reason: 'x'.repeat(700) }));
    const lines = wordsOf(coverage({ counts: { late: 15 }, resources, more: 5 }));
    expect(lines.map((one) => one.length)).toEqual([16, 30, 13, 600, 600, 600, 600, 600, 600, 13]);
    expect(lines.at(-1)).toBe('… and 9 more.');
  });
});

describe('the request that carries a message', () => {
  const sentAt = '2026-08-22T02:00:30.000Z';
  const headersOf = (kind: 'cloudEvents' | 'teams' | 'slack' | 'serviceNow', secret?: string) =>
    postingOf(coverage(late), { kind, ...(secret !== undefined && { secret }) }, sentAt).headers;

  test('says of which type it is, and takes no more than it needs', () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(headersOf('teams')).toEqual(json);
    expect(headersOf('slack', 'secret')).toEqual(json);
    expect(headersOf('serviceNow')).toEqual({ ...json, accept: 'application/json' });
    expect(headersOf('serviceNow', 'token')).toEqual({
      ...{ ...json, accept: 'application/json' },
      authorization: 'Bearer token',
    });
    expect(headersOf('cloudEvents')).toEqual({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'x-backup-time': sentAt,
    });
    const event = postingOf(coverage(late), { kind: 'cloudEvents', secret: 'k' }, sentAt);
    expect(event.headers['x-backup-signature']).toBe(signatureOf('k', sentAt, event.body));
    expect(JSON.parse(event.body)).toEqual(coverage(late));
  });
});
