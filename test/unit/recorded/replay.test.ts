import { describe, expect, test } from 'vitest';
import { readRecording } from '../../recorded/readExchanges.ts';
import { judgeAll, replay } from '../../recorded/replay.ts';

const arm = 'https://management.azure.com';
const vault =
  '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';
const status = `${arm}${vault}/backupFabrics/Azure/operationsStatus/op-1?t=1`;

interface Said {
  readonly method?: string;
  readonly url?: string;
  readonly status: number;
  readonly responseHeaders?: Record<string, string | string[]>;
  readonly responseBody?: string | null;
}

const line = ({ method = 'GET', url = `${arm}${vault}/other`, responseBody = '', ...more }: Said): string =>
  JSON.stringify({ method, url, responseBody, ...more });

const judged = (...said: readonly Said[]) => judgeAll([readRecording('r.jsonl', said.map(line).join('\n'))]);

test('an operation is followed from its acceptance to its end', () => {
  const count = judged(
    {
      method: 'POST',
      status: 202,
      responseHeaders: {
        'Azure-AsyncOperation': [status],
        Location: `${arm}${vault}/x/operationResults/op-1`,
      },
    },
    { url: status, status: 200, responseBody: '{"status":"InProgress"}' },
    {
      url: status,
      status: 200,
      responseBody: '{"status":"Failed","error":{"code":"BMSUserErrorObjectLocked","message":"m"}}',
    },
  );
  expect(count.unclassified).toEqual([]);
  expect([...count.rulings]).toEqual([
    ['POST 202 running', 1],
    ['status poll: running (InProgress)', 1],
    ['status poll: failed: adopt (200 BMSUserErrorObjectLocked)', 1],
  ]);
});

describe('what the rules do not know is counted and said', () => {
  test.each<[string, Said, string]>([
    ['202 without a URL', { method: 'PUT', status: 202 }, 'named no operation'],
    [
      'a foreign poll URL',
      { method: 'PUT', status: 202, responseHeaders: { Location: 'https://evil.example/x' } },
      'another origin',
    ],
    ['a redirect', { status: 302 }, 'never followed'],
    ['a sign-in page', { status: 200, responseBody: '<html>' }, 'not JSON'],
    ['an unknown shape of error', { status: 400, responseBody: '{"fault":"x"}' }, 'none of the known shapes'],
    [
      'a list whose next page lies elsewhere',
      { status: 200, responseBody: '{"value":[],"nextLink":"http://disksvchost:99/x"}' },
      'another origin',
    ],
    ['a read without a body', { status: 200 }, 'without a JSON object'],
    [
      'a status document without a status',
      { url: status, status: 200, responseBody: '{"id":"x"}' },
      'without a status',
    ],
    [
      'a job without a status',
      { url: `${arm}${vault}/backupJobs/j`, status: 200, responseBody: '{}' },
      'has no properties.status',
    ],
  ])('%s', (_, said, reason) => {
    const { unclassified, replies } = judged(said);
    expect([unclassified.length, replies]).toEqual([1, 1]);
    expect(unclassified[0]).toContain(reason);
    expect(unclassified[0]).toContain('r.jsonl:1');
  });

  test('a line that is no exchange', () => {
    const count = judgeAll([
      readRecording('r.jsonl', 'not json\n[]\n{"method":"GET"}\n\n{"method":"GET","url":"https://x/"}'),
    ]);
    expect(count.unclassified).toEqual([
      'r.jsonl:1: not a JSON object',
      'r.jsonl:2: no method, or no absolute url',
      'r.jsonl:3: no method, or no absolute url',
      'r.jsonl:5: no status',
    ]);
  });

  test('a query that may be signed is not repeated', () => {
    expect(
      judged({ url: `${status}&s=secret`, status: 200, responseBody: '{}' }).unclassified.join(),
    ).not.toContain('secret');
  });
});

test('an unknown code is classed by status, and named', () => {
  const count = judged({ status: 409, responseBody: '{"error":{"code":"SomethingNew","message":"m"}}' });
  expect([...count.rulings.keys(), ...count.unknownCodes]).toEqual([
    'refused: user (409 SomethingNew)',
    'SomethingNew',
  ]);
});

test('a body that was not recorded, and answers of others than ARM, are let pass', () => {
  const count = judged(
    { status: 200, responseBody: null },
    { url: 'https://login.microsoftonline.com/common/oauth2/token', status: 200, responseBody: '{}' },
  );
  expect([...count.rulings.keys()]).toEqual(['body not recorded', 'not ARM']);
});

describe('the recordings as a whole', () => {
  const replayed = async (...texts: string[]): Promise<[boolean, string | undefined]> => {
    const lines: string[] = [];
    const recordings = texts.map((text, at) => readRecording(`${at}.jsonl`, text));
    return [await replay(recordings, (said) => lines.push(said)), lines.at(-1)];
  };

  test('are well when every reply is classified', async () => {
    const text = line({ status: 200, responseBody: '{"value":[]}' });
    expect(await replayed(text, text)).toEqual([
      true,
      'replies 2, unclassified 0; flows 2, ended as recorded 0, as far as recorded 0, not ours 2',
    ]);
  });

  test('are not well with one unclassified reply', async () => {
    expect(await replayed(line({ status: 302 }))).toEqual([
      false,
      'replies 1, unclassified 1; flows 1, ended as recorded 0, as far as recorded 0, not ours 1',
    ]);
  });
});
