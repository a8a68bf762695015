import { describe, expect, test } from 'vitest';
import type { IAdaptiveCard } from '@microsoft/teams.cards';
import type { KnownBlock } from '@slack/types';
// The JSON schema of CloudEvents 1.0 as its SDK carries it, compiled.
import validateEvent from 'cloudevents/dist/schema/v1.js';
import { postingOf, type Channel } from '../../../src/notifications/channels.ts';
import { messageOf, type NotificationMessage } from '../../../src/notifications/message.ts';
import { endedBatch } from '../../support/endedBatch.ts';
import { typeProblems } from '../../support/publishedTypes.ts';

interface SlackBody {
  readonly text: string;
  readonly blocks: readonly Extract<KnownBlock, { type: 'header' | 'section' }>[];
}

/** What an incoming webhook of Teams takes: Microsoft Learn, "Create and send messages". */
interface TeamsBody {
  readonly type: 'message';
  readonly attachments: readonly [
    { readonly contentType: string; readonly contentUrl: null; readonly content: IAdaptiveCard },
  ];
}

const changed = (
  resources: number,
  { reason = 'old', name = 'vm' }: { readonly reason?: string; readonly name?: string } = {},
): NotificationMessage => ({
  specversion: '1.0',
  id: 'a'.repeat(40),
  source: '/azure-backup-automation',
  type: 'AzureBackupAutomation.CoverageChanged',
  subject: '/api/coverage',
  time: '2026-08-22T02:00:00.000Z',
  datacontenttype: 'application/json',
  data: {
    counts: { late: resources, ok: 1 },
    resources: Array.from({ length: Math.min(resources, 20) }, (_, at) => ({
      name: `${name}-${at}`,
      state: 'late',
      reason,
      rule: 'machines',
    })),
    more: Math.max(0, resources - 20),
    complete: true,
  },
});

const digest: NotificationMessage = {
  ...changed(3),
  type: 'AzureBackupAutomation.CoverageDigest',
  data: {
    ...changed(3).data,
    sentence: '412 of 418 selected resources have a recovery point as young as is asked; 3 late.',
  },
};

const ended: NotificationMessage = messageOf(
  endedBatch({
    failures: [
      {
        target: '/subscriptions/x/disks/d',
        status: 'failed',
        error: { code: 'Gone', message: 'The disk is gone.' },
      },
    ],
  }),
);

/** Names and words that somebody chose with a receiver in mind, or that are as long as they may be. */
const odd = {
  plain: 'vm',
  'signs of Slack': '<!channel> &<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>&<>',
  'a link in Markdown': '[Sign in again](https://evil.example) **now** {{DATE(2026-01-01T00:00:00Z)}}',
  'a mention': '@channel #general https://evil.example',
  'three bytes each': '備'.repeat(260),
  'two units each': '💾'.repeat(130),
  'signs that JSON spells out': '\u0001"\\'.repeat(80),
  'a line break': 'one\ntwo',
};
const reasons = {
  short: 'old',
  long: 'x'.repeat(3000),
  wide: `${'💾'.repeat(1001)}`,
  signs: '&'.repeat(2000),
};

const messages: Readonly<Record<string, NotificationMessage>> = {
  'one change': changed(1),
  'a digest': digest,
  'a batch': ended,
  ...Object.fromEntries(
    Object.entries(odd).flatMap(([what, name]) =>
      Object.entries(reasons).map(([length, reason]) => [
        `ten thousand changes, named with ${what}, reason ${length}`,
        changed(10_000, { name, reason }),
      ]),
    ),
  ),
};
const cases = Object.entries(messages);

const bodyOf = (message: NotificationMessage, channel: Pick<Channel, 'kind' | 'secret'>) =>
  postingOf(message, channel, '2026-08-22T02:00:30.000Z');
const parsed = <T>(message: NotificationMessage, kind: Channel['kind']): T =>
  JSON.parse(bodyOf(message, { kind }).body) as T;

/** Every text in a body. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The values of a member wherever it stands, each with the object that it stands in. */
function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

describe.each(['cloudEvents', 'teams', 'slack', 'serviceNow'] as const)('%s', (kind) => {
  test.each(cases)('%s: no half of a character', (_what, message) => {
    expect(textsIn(parsed(message, kind)).filter((text) => !text.isWellFormed())).toEqual([]);
  });
});

test.each(cases)('CloudEvents takes %s by its own schema', (_what, message) => {
  const isValid = validateEvent(parsed(message, 'cloudEvents'));
  expect(isValid || (validateEvent as { errors?: unknown }).errors).toBe(true);
});

describe('Teams', () => {
  test('takes every card by the types that Microsoft publishes', () => {
    const cards = cases.map(([, message]) => ({
      module: '@microsoft/teams.cards',
      type: 'IAdaptiveCard',
      value: parsed<TeamsBody>(message, 'teams').attachments[0].content,
    }));
    expect(typeProblems(cards)).toEqual([]);
  }, 60_000);

  test.each(cases)('takes %s: one card in 28 KB', (_what, message) => {
    const { body } = bodyOf(message, { kind: 'teams' });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28_000);
    const { type, attachments, ...more } = JSON.parse(body) as TeamsBody;
    expect([type, attachments.length, more]).toEqual(['message', 1, {}]);
    const { contentType, contentUrl, content, ...others } = attachments[0];
    expect([contentType, contentUrl, others]).toEqual(['application/vnd.microsoft.card.adaptive', null, {}]);
    expect(content.version).toBe('1.4');
  });

  test('shows what others have written as it is: no element of a card reads Markdown in it', () => {
    // Text blocks and facts are read as Markdown, runs of text are not: adaptivecards.io, "Text features".
    const named = changed(3, { name: odd['a link in Markdown'], reason: odd['a link in Markdown'] });
    const holding = objectsIn(parsed<TeamsBody>(named, 'teams')).filter((one) =>
      Object.values(one).some((value) => typeof value === 'string' && value.includes('evil.example')),
    );
    expect(holding).toHaveLength(3);
    expect(new Set(holding.map(({ type }) => type))).toEqual(new Set(['TextRun']));
  });

  test('says how many resources it has no room for', () => {
    const wide = changed(10_000, { name: odd['three bytes each'], reason: '備'.repeat(400) });
    const texts = textsIn(parsed(wide, 'teams')).filter((text) => text.startsWith('late: '));
    expect(texts.length).toBeGreaterThan(10);
    expect(textsIn(parsed(wide, 'teams'))).toContain(`… and ${10_000 - texts.length} more.`);
  });
});

describe('Slack', () => {
  test('takes all blocks by the types that Slack publishes', () => {
    const blocks = cases.flatMap(([, message]) =>
      parsed<SlackBody>(message, 'slack').blocks.map((value) => ({
        module: '@slack/types',
        type: 'KnownBlock',
        value,
      })),
    );
    expect(typeProblems(blocks)).toEqual([]);
  }, 60_000);

  // The limits stand in those types' own words: blocks of a message, characters of a header and of a section.
  test.each(cases)('takes %s: within its limits', (_what, message) => {
    const { text, blocks, ...more } = parsed<SlackBody>(message, 'slack');
    expect(more).toEqual({});
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      const longest = block.type === 'header' ? 150 : 3000;
      expect(block.text?.text.length).toBeGreaterThan(0);
      expect(block.text?.text.length).toBeLessThanOrEqual(longest);
    }
  });

  test.each(cases)('takes no sign of %s for one of its own', (_what, message) => {
    const { text, blocks } = parsed<SlackBody>(message, 'slack');
    const sections = blocks.flatMap((block) => (block.type === 'section' ? [block.text] : []));
    for (const words of [text, ...sections.map((one) => one?.text ?? '')])
      expect(words.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
    // Otherwise it looks for addresses, channels and people in plain words.
    expect(sections.map((one) => one?.type === 'mrkdwn' && one.verbatim)).toEqual(sections.map(() => true));
  });

  test.each(Object.entries(odd))('names all twenty resources, also with %s', (_what, name) => {
    const { blocks } = parsed<SlackBody>(changed(10_000, { name, reason: 'old' }), 'slack');
    const lines = blocks
      .flatMap(({ text }) => (text?.text ?? '').split('\n'))
      .filter((one) => one.startsWith('• '));
    expect(lines).toHaveLength(21);
    expect(lines.filter((one) => one.startsWith('• late: '))).toHaveLength(20);
    expect(lines.at(-1)).toBe('• … and 9980 more.');
  });
});

describe('ServiceNow', () => {
  // No schema is published: the lengths are those of the columns in its dictionary of task.
  test.each(cases)('takes %s into its columns', (_what, message) => {
    const { short_description, description, urgency, impact, ...more } = parsed<Record<string, string>>(
      message,
      'serviceNow',
    );
    expect(short_description).toMatch(/^[^\n]{1,160}$/);
    expect(description?.length).toBeLessThanOrEqual(4000);
    expect(['1', '2', '3']).toEqual(expect.arrayContaining([urgency, impact]));
    expect(more).toEqual({ correlation_id: message.id, correlation_display: 'azure-backup-automation' });
  });

  test('reads one line per resource, and how many more there are', () => {
    const { description = '' } = parsed<Record<string, string>>(
      changed(10_000, { name: odd['a line break'], reason: 'x'.repeat(3000) }),
      'serviceNow',
    );
    const lines = description.split('\n');
    expect(lines.filter((line) => !/^(?:Read|Complete|late|… and \d+ more\.)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe(`… and ${10_000 - (lines.length - 3)} more.`);
  });
});

describe('a channel', () => {
  test('names counts in its title and at most twenty resources', () => {
    const text = JSON.parse(bodyOf(changed(500), { kind: 'slack' }).body).blocks[0].text.text;
    expect(text).toBe('Backups: 500 late, 1 ok');
    expect(bodyOf(changed(500), { kind: 'slack' }).body).toContain('… and 480 more.');
  });

  test('takes no sign of a name for one of its own', () => {
    expect(bodyOf(changed(1, { name: '<b>&' }), { kind: 'slack' }).body).toContain('&lt;b&gt;&amp;-0');
  });

  test('of ServiceNow signs in with a user or a token, and finds a message sent twice by its id', () => {
    expect(bodyOf(digest, { kind: 'serviceNow', secret: 'user:word' }).headers['authorization']).toBe(
      'Basic dXNlcjp3b3Jk',
    );
    expect(bodyOf(digest, { kind: 'serviceNow', secret: 'token' }).headers['authorization']).toBe(
      'Bearer token',
    );
    expect(JSON.parse(bodyOf(digest, { kind: 'serviceNow' }).body).correlation_id).toBe('a'.repeat(40));
  });

  test('of chat carries no secret', () => {
    for (const kind of ['teams', 'slack'] as const) {
      const { headers, body } = bodyOf(changed(1), { kind, secret: 'very secret' });
      expect(JSON.stringify(headers) + body).not.toContain('very secret');
    }
  });
});
