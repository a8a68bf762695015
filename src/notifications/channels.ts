import type { Json, JsonObject } from '../arm/call.ts';
import { memberIn, objectsIn, textIn } from '../arm/replyFields.ts';
import { signatureOf, type NotificationMessage } from './message.ts';

/** Where messages of one kind go. */
export interface Channel {
  readonly kind: 'cloudEvents' | 'teams' | 'slack' | 'serviceNow';
  /** An https address. */
  readonly url: string;
  /** Key of the signature; of serviceNow `user:password`, else a bearer token. */
  readonly secret?: string;
}

/** A request as it is posted. */
export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A message in words: what chat and tickets show. */
interface Words {
  readonly title: string;
  readonly isGood: boolean;
  readonly facts: readonly (readonly [string, string])[];
  readonly lines: readonly string[];
}

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;

/** `12 late, 3 down`. */
function countsIn(counts: Json | undefined): string {
  const given = typeof counts === 'object' && counts !== null ? Object.entries(counts as JsonObject) : [];
  return given
    .filter(([, count]) => Number(count) > 0)
    .map(([word, count]) => `${String(count)} ${word}`)
    .join(', ');
}

/** One line about a resource: state, name, reason, and what the service says. */
function resourceLine(row: JsonObject): string {
  const [name, state, reason, said] = ['name', 'state', 'reason', 'serviceWords'].map((key) =>
    textIn(row[key]),
  );
  const rule = textIn(row['rule']);
  return `${state ?? ''}: ${name ?? ''}${rule === undefined ? '' : ` (${rule})`}: ${[reason, said].filter(Boolean).join(' ')}`;
}

function coverageWords({ type, data, time }: NotificationMessage): Words {
  const counts = countsIn(data['counts']);
  const resources = objectsIn(data['resources'] ?? []);
  const more = Number(data['more'] ?? 0);
  const isDigest = type === 'AzureBackupAutomation.CoverageDigest';
  const incomplete = objectsIn(data['incomplete'] ?? []).length > 0 || data['complete'] === false;
  return {
    title: isDigest ? `Backups: ${textIn(data['sentence']) ?? counts}` : `Backups: ${counts}`,
    isGood: Object.keys((data['counts'] ?? {}) as JsonObject).every((event) => event === 'ok'),
    facts: [
      ['Read', time],
      ['Complete', incomplete ? 'no: something could not be read' : 'yes'],
    ],
    lines: [...resources.map(resourceLine), ...(more > 0 ? [`… and ${more} more.`] : [])],
  };
}

function runWords({ type, data, subject }: NotificationMessage): Words {
  const status = textIn(data['status']) ?? '';
  const what = type === 'AzureBackupAutomation.BatchEnded' ? 'Batch' : `Run (${textIn(data['kind']) ?? ''})`;
  const counts = countsIn(data['counts']);
  const target = data['target'] === undefined ? undefined : JSON.stringify(data['target']);
  const [code, message, advice] = ['code', 'message', 'advice'].map((key) =>
    textIn(memberIn(data, 'error', key)),
  );
  const failures = objectsIn(data['failures'] ?? []).map(
    (one) =>
      `${textIn(one['target']) ?? ''}: ${textIn(memberIn(one, 'error', 'message')) ?? textIn(one['status']) ?? ''}`,
  );
  const error = code === undefined ? [] : [`${code}: ${[message, advice].filter(Boolean).join(' ')}`];
  return {
    title: `${what} ${status}`,
    isGood: status === 'completed',
    facts: [
      ['Record', subject],
      ...(target === undefined ? [] : [['Target', target] as const]),
      ...(counts === '' ? [] : [['Items', counts] as const]),
    ],
    lines: [...error, ...failures].slice(0, 20),
  };
}

const planWords = ({ data, time }: NotificationMessage): Words => ({
  title: 'The plan of the backups is not in force as it lies there',
  isGood: false,
  facts: [['Since', time]],
  lines: [textIn(data['fault']) ?? ''],
});

function wordsOf(message: NotificationMessage): Words {
  if (message.type === 'AzureBackupAutomation.PlanBroken') return planWords(message);
  return message.type.startsWith('AzureBackupAutomation.Coverage')
    ? coverageWords(message)
    : runWords(message);
}

/** Teams takes a message whose attachment is an adaptive card; 28 KB is its limit. */
export function teamsBody(message: NotificationMessage): JsonObject {
  const { title, isGood, facts, lines } = wordsOf(message);
  const block = (text: string, more: JsonObject = {}): JsonObject => ({
    type: 'TextBlock',
    text,
    wrap: true,
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(cut(title, 300), { size: 'Large', weight: 'Bolder', color: isGood ? 'Good' : 'Attention' }),
            {
              type: 'FactSet',
              facts: facts.map(([name, value]) => ({ title: name, value: cut(value, 300) })),
            },
            ...lines.slice(0, 21).map((line) => block(cut(line, 600))),
          ],
        },
      },
    ],
  };
}

/** What Slack's text would take for its own signs. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Slack takes blocks: a header of at most 150 characters, sections of at most 3,000. */
export function slackBody(message: NotificationMessage): JsonObject {
  const { title, facts, lines } = wordsOf(message);
  const section = (text: string): JsonObject => ({
    type: 'section',
    text: { type: 'mrkdwn', text: cut(text, 3000) },
  });
  const shown = facts.map(([name, value]) => `*${name}*: ${slackText(value)}`).join('\n');
  const groups = [lines.slice(0, 7), lines.slice(7, 14), lines.slice(14, 21)].filter(
    ({ length }) => length > 0,
  );
  return {
    text: cut(slackText(title), 3000),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, 150) } },
      section(shown === '' ? slackText(title) : shown),
      ...groups.map((group) => section(group.map((line) => `• ${slackText(cut(line, 400))}`).join('\n'))),
    ],
  };
}

/** ServiceNow's table API takes a record of `incident`; sent twice it is found again by its correlation id. */
export function serviceNowBody(message: NotificationMessage): JsonObject {
  const { title, isGood, facts, lines } = wordsOf(message);
  const urgency = isGood ? '3' : '2';
  return {
    short_description: cut(title, 160),
    description: cut([...facts.map(([name, value]) => `${name}: ${value}`), ...lines].join('\n'), 4000),
    urgency,
    impact: urgency,
    correlation_id: message.id,
    correlation_display: 'azure-backup-automation',
  };
}

const json = { 'content-type': 'application/json; charset=utf-8' };

function cloudEvent(message: NotificationMessage, secret: string | undefined, sentAt: string): Posting {
  const body = JSON.stringify(message);
  return {
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'x-backup-time': sentAt,
      ...(secret === undefined ? {} : { 'x-backup-signature': signatureOf(secret, sentAt, body) }),
    },
    body,
  };
}

function credential(secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const basic = secret.includes(':') && `Basic ${Buffer.from(secret, 'utf8').toString('base64')}`;
  return { authorization: basic || `Bearer ${secret}` };
}

/** The request that carries a message to a channel. @param sentAt ISO 8601 UTC. */
export function postingOf(
  message: NotificationMessage,
  { kind, secret }: Pick<Channel, 'kind' | 'secret'>,
  sentAt: string,
): Posting {
  switch (kind) {
    case 'cloudEvents':
      return cloudEvent(message, secret, sentAt);
    case 'teams':
      return { headers: json, body: JSON.stringify(teamsBody(message)) };
    case 'slack':
      return { headers: json, body: JSON.stringify(slackBody(message)) };
    case 'serviceNow':
      return {
        headers: { ...json, accept: 'application/json', ...credential(secret) },
        body: JSON.stringify(serviceNowBody(message)),
      };
  }
}
