import { checkUrl, UrlRefused } from '../../src/arm/urlGate.ts';
import { parseResourceId } from '../../src/arm/resourceId.ts';
import { startEmbeddedApp, type Answer, type EmbeddedApp } from '../support/embeddedApp.ts';
import { shareTarget, shareWorld, policyId, vaultId, storageAccountId } from '../support/shareWorld.ts';
import { oddBody, oddJson, oddText, oneOf, type Random } from './oddities.ts';

/** What a case found wrong, in words that show what was given. */
export type Finding = string;

/** One kind of thing that is fed. @returns how many were fed, and what was wrong. */
export type Case = (
  random: Random,
) => Promise<{ readonly fed: number; readonly findings: readonly Finding[] }>;

const docs = shareTarget('docs');
const itemId = `${vaultId}/backupFabrics/Azure/protectionContainers/c/protectedItems/AzureFileShare;x`;

const goodRequests: readonly (readonly [path: string, body: unknown])[] = [
  ['/api/backups', { target: docs, keepFor: 'P30D' }],
  ['/api/backups', { targets: [docs, shareTarget('plans')] }],
  ['/api/backups', { target: docs, protectFirst: { policyId: policyId('daily') } }],
  ['/api/backups', { target: { id: itemId } }],
  ['/api/backups', { rule: 'daily shares' }],
  ['/api/protections', { target: docs, policyId: policyId('daily'), lockStorageAccount: false }],
  ['/api/protections/validate', { target: docs, policyId: policyId('daily') }],
  ['/api/protections/stop', { target: docs, mode: 'retain' }],
  ['/api/protections/stop', { target: docs, mode: 'deleteData', confirm: 'docs' }],
  ['/api/protections/resume', { target: docs, policyId: policyId('daily') }],
  ['/api/sweeps', { dryRun: true }],
];

const appFor = (): Promise<EmbeddedApp> =>
  startEmbeddedApp({
    world: shareWorld({ protectedShares: ['docs'] }),
    environment: { DELETE_BACKUPS: 'true' },
    plan: () => ({
      safety: { vaults: [vaultId], subscriptions: [vaultId.split('/')[2]], deleteBackups: true },
    }),
  });

const shown = (value: unknown): string =>
  (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)).slice(0, 300);

/** Escaped for a URL, which cannot hold half of a surrogate pair. */
const escaped = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\ufffd'));

const innards = /\n\s+at |node:internal|node_modules|\/src\/|TypeError|RangeError|ReferenceError/;

/** What is wrong with an answer; a refusal is as good as a success. */
function wrongIn(answer: Answer | undefined): string | undefined {
  if (!answer) return 'no answer';
  const { status, body } = answer;
  if (status >= 500) return `answered ${status} ${shown(body)}`;
  if (innards.test(JSON.stringify(body) ?? '')) return `shows its innards: ${shown(body)}`;
  if (status < 400) return undefined;
  const { code, message } = ((body ?? {}) as { error?: Record<string, unknown> }).error ?? {};
  const isSaid = typeof code === 'string' && typeof message === 'string' && message !== '';
  // Paths that no function has are answered by the host.
  return isSaid || (status === 404 && body === undefined)
    ? undefined
    : `a refusal without words: ${status} ${shown(body)}`;
}

/** A run that was accepted has to end, and not by a mistake of ours. */
async function wrongInRun(app: EmbeddedApp, answer: Answer | undefined): Promise<string | undefined> {
  const { id } = (answer?.body ?? {}) as { id?: string };
  if (answer?.status !== 202 || id === undefined) return undefined;
  const run = await app.runEnded(id, 60);
  if (run.endedAt === undefined) return `a run that does not end: ${shown(run)}`;
  return run.error?.code === 'FlowBroken' || innards.test(JSON.stringify(run))
    ? `a broken flow: ${shown(run)}`
    : undefined;
}

/** Bodies, headers and queries of the app's API. */
const bodies: Case = async (random) => {
  const app = await appFor();
  const findings: Finding[] = [];
  for (let at = 0; at < 8; at++) {
    const [path, good] = oneOf(random, goodRequests);
    const body = oddBody(random, good);
    const query = oneOf(random, ['', '', '?wait=0', `?wait=${escaped(oddText(random, '1'))}`]);
    const key = encodeURIComponent(oddText(random, 'key-1').replaceAll(/[^\x20-\x7e]/g, '')).slice(0, 200);
    const answer = await app.request('POST', `${path}${query}`, body, { 'idempotency-key': key || 'k' });
    const wrong = wrongIn(answer) ?? (await wrongInRun(app, answer));
    if (wrong !== undefined) findings.push(`POST ${path}${query} ${shown(body)}: ${wrong}`);
  }
  await app.stop();
  return { fed: 8, findings };
};

const readPaths = [
  '/api/runs',
  '/api/plan',
  '/api/coverage',
  '/api/health',
  '/api/openapi.json',
  '/api/vaults',
];
const queryNames = [
  'status',
  'kind',
  'target',
  'batch',
  'top',
  'continuation',
  'state',
  'rule',
  'subscription',
];

/** Paths and queries of what is only read, ids of runs among them. */
const reads: Case = async (random) => {
  const app = await appFor();
  const findings: Finding[] = [];
  for (let at = 0; at < 8; at++) {
    const run = escaped(oddText(random, 'ff3d2321909dc05959659d9e32627aa7488ccbc4'));
    const name = oneOf(random, queryNames);
    const value = escaped(oddText(random, oneOf(random, ['5', 'completed', itemId])));
    const path = oneOf(random, [`/api/runs/${run}`, `${oneOf(random, readPaths)}?${name}=${value}`]);
    // A page's file is read on the real clock, which the virtual one may run ahead of.
    const wrong = wrongIn((await app.request('GET', path)) ?? (await app.request('GET', path)));
    if (wrong !== undefined) findings.push(`GET ${path}: ${wrong}`);
  }
  await app.stop();
  return { fed: 8, findings };
};

const calling = (name: string, given: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
});

const revision = 'io.modelcontextprotocol';
const client = { name: 'fuzz', version: '1' };
const goodMessages: readonly unknown[] = [
  calling('back_up_now', { key: 'k', target: docs }),
  calling('coverage', { state: 'ok', top: 3 }),
  calling('explain_resource', { id: itemId }),
  calling('runs', { kind: 'backUp', since: '2026-01-01T00:00:00Z' }),
  calling('run', { id: '0'.repeat(40) }),
  calling('plan_dry_run', { rule: 'daily shares' }),
  {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client },
  },
  {
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/list' },
    params: {
      _meta: {
        [`${revision}/protocolVersion`]: '2026-07-28',
        [`${revision}/clientInfo`]: client,
        [`${revision}/clientCapabilities`]: {},
      },
    },
  },
];

/** What an assistant's message shows that it must not; refusals of the protocol have words of their own. */
function wrongInMessage({ status, body }: Answer): string | undefined {
  const text = JSON.stringify(body) ?? '';
  return status >= 500 || innards.test(text) || text.includes('InternalError')
    ? `answered ${status} ${shown(body)}`
    : undefined;
}

/** Messages of assistants. */
const assistants: Case = async (random) => {
  const app = await appFor();
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const findings: Finding[] = [];
  for (let at = 0; at < 8; at++) {
    const body = oddBody(random, oneOf(random, goodMessages));
    // What answers them is loaded on the real clock, which the virtual one may run ahead of.
    const ask = () => app.request('POST', '/api/mcp', body, headers);
    const answer = (await ask()) ?? (await ask());
    const wrong = answer ? wrongInMessage(answer) : 'no answer';
    if (wrong !== undefined) findings.push(`POST /api/mcp ${shown(body)}: ${wrong}`);
  }
  await app.stop();
  return { fed: 8, findings };
};

const marks = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff?#\\]/u;

/** What an id that was taken must not be. */
function wrongId(text: string): string | undefined {
  const read = parseResourceId(text);
  if (read.kind === 'refused') return read.reason === '' ? 'refused without a reason' : undefined;
  const segments = text.replace(/\/$/, '').split('/').slice(1);
  if (marks.test(decodeURIComponent(text))) return 'a taken id with marks that nobody sees';
  if (segments.some((segment) => ['', '.', '..'].includes(decodeURIComponent(segment))))
    return 'a taken id with an empty or dot segment';
  return segments[0]?.toLowerCase() === 'subscriptions' ? undefined : 'a taken id of no subscription';
}

const goodIds = [
  itemId,
  vaultId,
  storageAccountId,
  policyId('daily'),
  '/subscriptions/11111111-2222-4333-8444-555555555555',
];

/** ARM ids as a caller, a plan or a reply may give them. */
const ids: Case = (random) => {
  const findings: Finding[] = [];
  for (let at = 0; at < 400; at++) {
    const text = oddText(random, oneOf(random, goodIds));
    let wrong: string | undefined;
    try {
      wrong = wrongId(text);
    } catch (error) {
      wrong = `threw ${String(error)}`;
    }
    if (wrong !== undefined) findings.push(`id ${JSON.stringify(text)}: ${wrong}`);
  }
  return Promise.resolve({ fed: 400, findings });
};

const arm = 'https://management.azure.com';
const asked = { kind: 'poll', action: 'fuzz', path: itemId } as const;
const goodUrls = [
  `${arm}${vaultId}/backupOperations/6b2f2f0e-0000-4000-8000-000000000001?api-version=2025-02-01&t=1&c=x&s=y&h=z`,
  `${arm}${itemId}/operationsStatus/op?api-version=2025-02-01`,
];

/** What a URL that is followed must be, read by the platform's own parser. */
function wrongUrl(text: string): string | undefined {
  try {
    const followed = new URL(checkUrl(text, asked, arm));
    const isOurs = followed.origin === arm && followed.username === '' && followed.password === '';
    const isInside = followed.pathname
      .toLowerCase()
      .startsWith(`${vaultId.split('/').slice(0, 3).join('/')}/`);
    return isOurs && isInside ? undefined : `followed to ${followed.href}`;
  } catch (error) {
    return error instanceof UrlRefused ? undefined : `threw ${String(error)}`;
  }
}

/** Poll URLs and nextLinks as a reply may give them. */
const urls: Case = (random) => {
  const findings: Finding[] = [];
  for (let at = 0; at < 400; at++) {
    const good = oneOf(random, goodUrls);
    const moved = good.replace(
      arm,
      oneOf(random, [
        arm,
        `${arm}.evil.example`,
        `${arm}@evil.example`,
        'http://management.azure.com',
        '//evil.example',
        `${arm}:444`,
      ]),
    );
    const text = random() < 0.5 ? moved : oddText(random, good);
    const wrong = wrongUrl(text);
    if (wrong !== undefined) findings.push(`url ${JSON.stringify(text)}: ${wrong}`);
  }
  return Promise.resolve({ fed: 400, findings });
};

/**
 * Whether the platform hands a message to a function: what it cannot decode stays in the poison queue, and lists nested
 * so deep exhaust the stack of the library of functions.
 */
function isGiven(text: string): boolean {
  const plain = Buffer.from(text, 'base64');
  return plain.toString('base64') === text && !/\[{1000}/.test(plain.toString('utf8'));
}

/** Characters that a message of the platform's queues can have. */
const longestMessage = 65_536;
const stepQueues = ['backup-steps', 'backup-steps-poison'] as const;

/** Messages of the step queue that we have not sent: they order nothing, and none stays. */
const messages: Case = async (random) => {
  const app = await appFor();
  const given: string[] = [];
  for (let at = 0; at < 6; at++) {
    const good = { runId: 'ff3d2321909dc05959659d9e32627aa7488ccbc4', stepId: '01', generation: 1 };
    const body = oddBody(random, good);
    const text = random() < 0.2 ? body.toString('latin1') : body.toString('base64');
    if (text.length > longestMessage) continue;
    given.push(text);
    await app.queues.put(oneOf(random, stepQueues), text, { visibilitySeconds: 0, ttlSeconds: -1 });
  }
  await app.clock.runFor(3 * 3_600_000);
  const left = stepQueues.flatMap((queue) => app.queues.messages(queue)).filter(({ text }) => isGiven(text));
  const effects = app.simulator.effects.all().length;
  await app.stop();
  const findings = [
    ...(left.length > 0 ? [`${left.length} messages stay: ${shown(left)}`] : []),
    ...(effects > 0 ? [`messages nobody ordered changed something: ${shown(given)}`] : []),
  ];
  return { fed: 6, findings };
};

const goodEvent = {
  topic: vaultId.split('/').slice(0, 3).join('/'),
  subject: `${vaultId.split('/').slice(0, 5).join('/')}/providers/Microsoft.Compute/disks/new`,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-08-22T02:00:00Z',
  id: 'e-1',
  data: { operationName: 'Microsoft.Compute/disks/write', status: 'Succeeded', correlationId: 'c' },
  dataVersion: '2',
  metadataVersion: '1',
};

/** Deliveries of Event Grid: whatever the host lets through has to be taken, or it comes again for a day. */
const events: Case = async (random) => {
  const app = await appFor();
  const findings: Finding[] = [];
  for (let at = 0; at < 6; at++) {
    const body =
      random() < 0.7
        ? Buffer.from(JSON.stringify(oddJson(random, [goodEvent])) ?? '')
        : oddBody(random, [goodEvent]);
    const path = '/runtime/webhooks/eventgrid?functionName=onResourceWritten&code=key';
    const status = await delivered(app, path, body);
    if (status === 'refused by the function') findings.push(`event ${shown(body)}: ${status}`);
  }
  await app.clock.runFor(3_600_000);
  const effects = app.simulator.effects.all().length;
  if (effects > 0) findings.push('events changed something although no plan asks for it');
  await app.stop();
  return { fed: 6, findings };
};

async function delivered(app: EmbeddedApp, path: string, body: Buffer): Promise<string> {
  try {
    const answer = await app.request('POST', path, body, { 'aeg-event-type': 'Notification' });
    return String(answer?.status);
  } catch (error) {
    // The words of a failed function are no JSON.
    if (error instanceof SyntaxError) return 'refused by the function';
    throw error;
  }
}

/** Everything that is fed, by what the report calls it. */
export const cases: Readonly<Record<string, Case>> = {
  bodies,
  reads,
  assistants,
  ids,
  urls,
  messages,
  events,
};
