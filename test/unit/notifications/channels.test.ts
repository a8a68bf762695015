import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, test } from 'vitest';
import { postingOf, type Channel } from '../../../src/notifications/channels.ts';
import { messageOf, type NotificationMessage } from '../../../src/notifications/message.ts';

const ajv = new Ajv({ allErrors: true, strict: false });

/** CloudEvents 1.0, formats/cloudevents.json: what a structured JSON event must have. */
const cloudEventSchema: AnySchema = {
  type: 'object',
  required: ['id', 'source', 'specversion', 'type'],
  properties: {
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1 },
    specversion: { type: 'string', minLength: 1 },
    type: { type: 'string', minLength: 1 },
    datacontenttype: { type: ['string', 'null'], minLength: 1 },
    dataschema: { type: ['string', 'null'], minLength: 1 },
    subject: { type: ['string', 'null'], minLength: 1 },
    time: { type: ['string', 'null'], minLength: 1 },
    data: { type: ['object', 'string', 'number', 'array', 'boolean', 'null'] },
    data_base64: { type: ['string', 'null'] },
  },
};

const closed = (properties: Record<string, AnySchema>, required: readonly string[]): AnySchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

/** The parts of adaptivecards.io/schemas/adaptive-card.json (1.4) that the card uses, closed, inside Teams' message. */
const textBlock = closed(
  {
    type: { const: 'TextBlock' },
    text: { type: 'string' },
    wrap: { type: 'boolean' },
    size: { enum: ['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'] },
    weight: { enum: ['Default', 'Lighter', 'Bolder'] },
    color: { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] },
  },
  ['type', 'text'],
);
const fact = closed({ title: { type: 'string' }, value: { type: 'string' } }, ['title', 'value']);
const factSet = closed({ type: { const: 'FactSet' }, facts: { type: 'array', items: fact } }, [
  'type',
  'facts',
]);
const card = closed(
  {
    $schema: { type: 'string', format: undefined },
    type: { const: 'AdaptiveCard' },
    version: { type: 'string', pattern: '^1\\.[0-6]$' },
    body: { type: 'array', items: { anyOf: [textBlock, factSet] } },
  },
  ['type', 'version', 'body'],
);
const teamsSchema = closed(
  {
    type: { const: 'message' },
    attachments: {
      type: 'array',
      minItems: 1,
      items: closed(
        {
          contentType: { const: 'application/vnd.microsoft.card.adaptive' },
          contentUrl: { type: 'null' },
          content: card,
        },
        ['contentType', 'content'],
      ),
    },
  },
  ['type', 'attachments'],
);

/** Slack's Block Kit reference: limits of messages, headers and sections. */
const slackSchema = closed(
  {
    text: { type: 'string', maxLength: 4000 },
    blocks: {
      type: 'array',
      maxItems: 50,
      items: {
        anyOf: [
          closed(
            {
              type: { const: 'header' },
              text: closed(
                { type: { const: 'plain_text' }, text: { type: 'string', minLength: 1, maxLength: 150 } },
                ['type', 'text'],
              ),
            },
            ['type', 'text'],
          ),
          closed(
            {
              type: { const: 'section' },
              text: closed(
                { type: { const: 'mrkdwn' }, text: { type: 'string', minLength: 1, maxLength: 3000 } },
                ['type', 'text'],
              ),
            },
            ['type', 'text'],
          ),
        ],
      },
    },
  },
  ['text', 'blocks'],
);

/** ServiceNow's dictionary of `task` and `incident`: the columns written and their lengths. */
const serviceNowSchema = closed(
  {
    short_description: { type: 'string', minLength: 1, maxLength: 160 },
    description: { type: 'string', maxLength: 4000 },
    urgency: { enum: ['1', '2', '3'] },
    impact: { enum: ['1', '2', '3'] },
    correlation_id: { type: 'string', maxLength: 100 },
    correlation_display: { type: 'string', maxLength: 100 },
  },
  ['short_description', 'correlation_id'],
);

const schemas: Readonly<Record<Channel['kind'], AnySchema>> = {
  cloudEvents: cloudEventSchema,
  teams: teamsSchema,
  slack: slackSchema,
  serviceNow: serviceNowSchema,
};

const changed = (resources: number, longest = 0): NotificationMessage => ({
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
      name: `vm-${at} <b>&`,
      state: 'late',
      reason: `old ${'x'.repeat(longest)}`,
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

const ended: NotificationMessage = messageOf({
  id: 'b'.repeat(40),
  kind: 'backUp',
  status: 'failed',
  requestedBy: { source: 'schedule', key: 'night/2026-08-22T01:00Z' },
  createdAt: '2026-08-22T01:00:00.000Z',
  endedAt: '2026-08-22T01:10:00.000Z',
  generation: 1,
  steps: [],
  warnings: [],
  counts: { total: 12, completed: 11, failed: 1 },
  failures: [
    {
      target: '/subscriptions/x/disks/d',
      status: 'failed',
      error: { code: 'Gone', message: 'The disk is gone.' },
    },
  ],
});

const kinds = ['cloudEvents', 'teams', 'slack', 'serviceNow'] as const;
const messages = {
  'one change': changed(1),
  'five hundred long changes': changed(500, 3000),
  'a digest': digest,
  'a batch': ended,
};
const cases = kinds.flatMap((kind) =>
  Object.entries(messages).map(([what, message]) => [kind, what, message] as const),
);

const bodyOf = (message: NotificationMessage, channel: Pick<Channel, 'kind' | 'secret'>) =>
  postingOf(message, channel, '2026-08-22T02:00:30.000Z');

test.each(cases)('%s takes %s as its schema says, within 28 KB', (kind, _what, message) => {
  const { body } = bodyOf(message, { kind });
  const validate = ajv.compile(schemas[kind]);
  expect(validate(JSON.parse(body)) ? [] : validate.errors).toEqual([]);
  if (kind !== 'cloudEvents') expect(Buffer.byteLength(body)).toBeLessThan(28_000);
});

describe('a channel', () => {
  test('names counts in its title and at most twenty resources', () => {
    const text = JSON.parse(bodyOf(changed(500), { kind: 'slack' }).body).blocks[0].text.text;
    expect(text).toBe('Backups: 500 late, 1 ok');
    expect(bodyOf(changed(500), { kind: 'slack' }).body).toContain('… and 480 more.');
  });

  test('takes no sign of a name for one of its own', () => {
    expect(bodyOf(changed(1), { kind: 'slack' }).body).toContain('vm-0 &lt;b&gt;&amp;');
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
