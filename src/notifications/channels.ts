import type { Json, JsonObject } from '../arm/call.ts';
import { capped } from '../arm/words.ts';
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
  /** What more lines would tell of. */
  readonly more: number;
}

/** On one line, and at most so many characters. */
const line = (text: string, longest: number): string =>
  capped(text.replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' '), longest);

/** Lines of a message, besides the one that counts the others. */
const mostLines = 20;

const leftOut = (more: number): readonly string[] => (more > 0 ? [`… and ${more} more.`] : []);

/** A body with as many lines as it has room for; the others are counted in the last one. */
function fitted<T>(
  { lines, more }: Words,
  bodyWith: (lines: readonly string[]) => T,
  fits: (body: T) => boolean,
): T {
  for (let shown = Math.min(lines.length, mostLines); shown > 0; shown--) {
    const body = bodyWith([...lines.slice(0, shown), ...leftOut(more + lines.length - shown)]);
    if (fits(body)) return body;
  }
  return bodyWith(leftOut(more + lines.length));
}

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
    lines: resources.map(resourceLine),
    more,
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
    lines: [...error, ...failures],
    more: 0,
  };
}

const planWords = ({ data, time }: NotificationMessage): Words => ({
  title: 'The plan of the backups is not in force as it lies there',
  isGood: false,
  facts: [['Since', time]],
  lines: [textIn(data['fault']) ?? ''],
  more: 0,
});

function wordsOf(message: NotificationMessage): Words {
  if (message.type === 'AzureBackupAutomation.PlanBroken') return planWords(message);
  return message.type.startsWith('AzureBackupAutomation.Coverage')
    ? coverageWords(message)
    : runWords(message);
}

/** Bytes of a message that Teams takes: 28 KB. */
const mostTeamsBytes = 28_000;

const run = (text: string, more: JsonObject = {}): JsonObject => ({ type: 'TextRun', text, ...more });
/** What others have written: runs are shown as they are, a text block or a fact would be read as Markdown. */
const plainBlock = (...inlines: readonly JsonObject[]): JsonObject => ({
  type: 'RichTextBlock',
  inlines: [...inlines],
});

/** Teams takes a message whose attachment is an adaptive card. */
export function teamsBody(message: NotificationMessage): JsonObject {
  const words = wordsOf(message);
  const title = {
    ...{ type: 'TextBlock', text: line(words.title, 300), wrap: true },
    ...{ size: 'Large', weight: 'Bolder', color: words.isGood ? 'Good' : 'Attention' },
  };
  const facts = words.facts.map(([name, value]) =>
    plainBlock(run(`${name}: `, { weight: 'Bolder' }), run(line(value, 300))),
  );
  const bodyWith = (lines: readonly string[]): JsonObject => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [title, ...facts, ...lines.map((text) => plainBlock(run(line(text, 600))))],
        },
      },
    ],
  });
  return fitted(words, bodyWith, (body) => Buffer.byteLength(JSON.stringify(body)) <= mostTeamsBytes);
}

/** What Slack's text would take for its own signs; none of the entities is halved. */
const slackText = (text: string, longest: number): string =>
  capped(
    line(text, longest).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    longest,
  ).replace(/&[a-z]*…$/, '…');

/** Lines of one section, so that it has at most 3,000 characters. */
const linesOfSection = 7;
const longestSlackLine = 400;

/** Slack takes blocks: a header of at most 150 characters, sections of at most 3,000. */
export function slackBody(message: NotificationMessage): JsonObject {
  const words = wordsOf(message);
  // Verbatim: nothing is made of addresses, channels and people in plain words.
  const section = (text: string): JsonObject => ({
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
  });
  const title = slackText(words.title, 3000);
  const facts = words.facts.map(([name, value]) => `*${name}*: ${slackText(value, 900)}`).join('\n');
  const bodyWith = (lines: readonly string[]): JsonObject => {
    const shown = lines.map((text) => `• ${slackText(text, longestSlackLine)}`);
    const groups = Array.from({ length: Math.ceil(shown.length / linesOfSection) }, (_, at) =>
      shown.slice(at * linesOfSection, (at + 1) * linesOfSection),
    );
    return {
      text: title,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: line(words.title, 150) } },
        section(facts === '' ? title : facts),
        ...groups.map((group) => section(group.join('\n'))),
      ],
    };
  };
  return fitted(words, bodyWith, () => true);
}

const longestDescription = 4000;

/** ServiceNow's table API takes a record of `incident`; sent twice it is found again by its correlation id. */
export function serviceNowBody(message: NotificationMessage): JsonObject {
  const words = wordsOf(message);
  const urgency = words.isGood ? '3' : '2';
  const facts = words.facts.map(([name, value]) => `${name}: ${line(value, 400)}`);
  const description = fitted(
    words,
    (lines) => [...facts, ...lines.map((text) => line(text, 600))].join('\n'),
    ({ length }) => length <= longestDescription,
  );
  return {
    short_description: line(words.title, 160),
    description,
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
