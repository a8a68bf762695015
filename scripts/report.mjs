// `npm run report -- --url URL [--token TOKEN] [--out FOLDER] [--by NAME]`: what is covered, as one HTML file and one CSV
// file that stand alone, for whoever has to prove it later. Plain JavaScript: it runs wherever Node does.
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';

const usage =
  'usage: npm run report -- --url URL [--token TOKEN, or REPORT_TOKEN] [--out FOLDER] [--by NAME]';

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: 'string' },
        token: { type: 'string', default: process.env['REPORT_TOKEN'] ?? '' },
        out: { type: 'string', default: '.' },
        by: { type: 'string', default: '' },
      },
    });
    if (!values.url) throw new Error('--url is missing');
    if (!/^https?:\/\//i.test(values.url) || !URL.canParse(values.url))
      throw new Error(`--url takes the address of the app, https://…, not '${values.url}'`);
    if (values.out === '') throw new Error('--out is given without a value');
    return { ...values, url: new URL(values.url).origin };
  } catch (error) {
    console.error(`${error.message.split('. To ')[0].replaceAll('\n', ' ')}\n${usage}`);
    process.exit(2);
  }
}

const options = readOptions();

/** Asks once; the app's own words when it refuses. */
async function ask(path, accept = 'application/json') {
  const headers = { accept, ...(options.token === '' ? {} : { authorization: `Bearer ${options.token}` }) };
  const reply = await globalThis.fetch(new URL(path, options.url), { headers });
  if (reply.ok) return reply;
  const said = await reply.text();
  throw new Error(`${path} answered ${reply.status}: ${said.slice(0, 300)}`);
}

async function everyRow() {
  const rows = [];
  let [path, summary] = ['/api/coverage?top=1000', undefined];
  while (path) {
    const page = await (await ask(path)).json();
    rows.push(...page.value);
    summary ??= page.summary;
    const next = page.nextLink && new URL(page.nextLink, options.url);
    path = next ? `${next.pathname}${next.search}` : '';
  }
  return { rows, summary };
}

async function everyLine() {
  let [text, path] = ['', '/api/coverage?top=1000'];
  while (path) {
    const reply = await ask(path, 'text/csv');
    const part = await reply.text();
    text += text === '' ? part : part.slice(part.indexOf('\r\n') + 2);
    const next = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1];
    const url = next && new URL(next, options.url);
    path = url ? `${url.pathname}${url.search}` : '';
  }
  return text;
}

const escaped = (value) =>
  String(value ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A cell of several lines, the absent ones left out; ids are small, for they are long. */
const lines = (...all) => ({ lines: all.filter((line) => line !== undefined && line !== '') });
const small = (text) => ({ inSmall: text });

function cellOf(cell) {
  if (cell?.lines) return cell.lines.map(cellOf).join('<br>');
  return cell?.inSmall === undefined ? escaped(cell) : `<small>${escaped(cell.inSmall)}</small>`;
}

const table = (columns, rows) =>
  `<table><thead><tr>${columns.map((one) => `<th scope="col">${escaped(one)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cellOf(cell)}</td>`).join('')}</tr>`)
    .join('\n')}</tbody></table>`;

const list = (items) => `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;

const style = `body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}
small{overflow-wrap:anywhere;color:#555}
th{background:#eee}.bad{color:#8a1500;font-weight:600}@page{size:landscape}@media print{body{margin:0;max-width:none}}`;

const method = [
  'One verdict per resource, computed by the app from what Azure Resource Manager answered at the time of the read; nothing was computed for this report.',
  'The proof of a backup is the newest recovery point that the service shows. "Source" says where it was read: recoveryPoints (the list of points of the item), lastRecoveryPoint (the vault\'s list of items), jobs (a completed backup job, its start), restorableTimeRange (continuous backup).',
  'late: older than the rule, schedule or policy expects. down: older than that and the grace. failing: an attempt newer than the newest point failed.',
  'Drills: the app restored the resource aside from a recovery point, checked what came back, deleted it and looked that it was gone. Only proven and proven late (it took longer than its target) prove the backup; every other verdict counts as a failure, unverified (nobody confirmed what came back) and left over (what was restored is not shown to be deleted) too. The age of the point is its age at the time of the drill.',
  'Posture: properties of the vault as Azure Resource Manager shows them; unknown where the service does not say.',
];

const unknowns = [
  'Whether a recovery point can be restored, beyond what the drills below have shown; of each resource the newest drill is told.',
  'Shares of storage accounts that no rule for shares looks at, unless one of them is protected.',
  "Resources outside the subscriptions that the plan names, and anything the app's identity may not read.",
  'Backups made by other products.',
];

const isProof = ({ verdict }) => verdict === 'proven' || verdict === 'proven late';

/** `90 min`, `24 h`, `12 d`. */
function ageAtDrill({ at, pointAt }) {
  if (!pointAt) return '';
  const hours = (Date.parse(at) - Date.parse(pointAt)) / 3_600_000;
  if (hours < 2) return `${Math.round(hours * 60)} min`;
  return hours < 49 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`;
}

/** The newest drill of each resource, failures first. */
function drillsSection(rows) {
  const drilled = rows.filter(({ drill }) => drill);
  const proven = drilled.filter(({ drill }) => isProof(drill)).length;
  const is = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const told = `${drilled.length} of ${is(rows.length, 'resource', 'resources')} have been drilled: ${is(proven, 'is proven', 'are proven')}, ${is(drilled.length - proven, 'is a failure', 'are failures')}. ${is(rows.length - drilled.length, 'has', 'have')} never been drilled.`;
  const ordered = drilled.toSorted((one, other) => Number(isProof(one.drill)) - Number(isProof(other.drill)));
  const lines = ordered.map(({ name, kind, id, drill }) => [
    ...[name, kind, drill.verdict, isProof(drill) ? 'proof' : 'failure', drill.at, drill.pointAt],
    ...[ageAtDrill(drill), drill.restoreSeconds, drill.reason, small(drill.run), small(id)],
  ]);
  const columns = [
    ...['name', 'kind', 'verdict', 'counts as', 'drilled', 'point', 'age of the point'],
    ...['seconds to restore', 'reason', 'run', 'id'],
  ];
  return `<p>${escaped(told)}</p>${drilled.length === 0 ? '' : table(columns, lines)}`;
}

/** What the plan says: every rule in its own words. */
const rulesTable = ({ inForce = {} }) =>
  table(
    ['rule', 'selects', 'protects by', 'expects a point every'],
    (inForce.rules ?? []).map(({ name, match, protect, expect }) => [
      ...[name, small(JSON.stringify(match)), small(JSON.stringify(protect))],
      expect ? `${expect.every}${expect.grace ? ` + ${expect.grace}` : ''}` : 'as its schedules or policy do',
    ]),
  );

const pointOf = ({ lastGoodPoint: point }) =>
  point ? `${point.at}${point.tier ? ` (${point.tier})` : ''}` : 'none';

function html({ rows, summary, vaults, plan, at, who }) {
  const counts = Object.entries(summary.counts).filter(([, count]) => count > 0);
  const { subscriptions = [], vaults: allowed = [] } = plan.inForce?.safety ?? {};
  const withResources = [...new Set(rows.map(({ subscriptionId }) => subscriptionId))];
  const whole = summary.complete
    ? 'The read was complete.'
    : `<span class="bad">The read was not complete.</span> ${list(summary.incompleteReasons)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Backup coverage ${escaped(summary.readAt ?? at)}</title><style>${style}</style></head><body>
<h1>Backup coverage</h1>
<p>${escaped(`${summary.counts.ok} of ${summary.selected} selected resources have a recovery point as young as is expected.`)} ${whole}</p>
<h2>Scope, time and method</h2>
${table(
  ['what', 'value'],
  [
    ['Azure was read', summary.readAt ?? 'never'],
    ['Report made', at],
    ['Asked by', who],
    ['Asked of', options.url],
    ['Plan', plan.told],
    ['Subscriptions that the plan names', subscriptions.join(', ') || 'none'],
    ['Vaults that the plan allows', allowed.length === 0 ? 'none' : lines(...allowed.map(small))],
    ['Subscriptions with resources in it', withResources.join(', ') || 'none'],
    ['Resources', rows.length],
  ],
)}
${list(method)}
<h2>Rules</h2>
${rulesTable(plan)}
<h2>What is not known</h2>
${list([...unknowns, ...summary.incompleteReasons])}
<h2>States</h2>
${table(['state', 'resources'], counts)}
<h2>Resources</h2>
${table(
  ['resource', 'state', 'why', 'rule and what is expected', 'newest point', 'read'],
  rows.map((row) => [
    lines(row.name, row.kind, small(row.id)),
    lines(row.state, row.since && small(`since ${row.since}`)),
    lines(row.reason, row.serviceWords && `The service says: ${row.serviceWords}`),
    lines(row.rule, row.expect && `${row.expect.every} + ${row.expect.grace} (${row.expect.from})`),
    lines(pointOf(row), row.lastGoodPoint?.source),
    row.readAt,
  ]),
)}
<h2>Drills</h2>
${drillsSection(rows)}
<h2>Vaults</h2>
${vaults
  .map(
    ({ name, id, readAt, posture, problem }) =>
      `<h3>${escaped(name)}</h3><p>${escaped(id)}, read ${escaped(readAt)}${problem ? ` <span class="bad">${escaped(problem)}</span>` : ''}</p>${table(
        ['control', 'verdict', 'property', 'value', 'meaning'],
        posture.map((one) => [one.control, one.verdict, small(one.property), one.value, one.message]),
      )}`,
  )
  .join('\n')}
</body></html>
`;
}

/** The plan, where it lies and since when it stands so; a report is made without it too. */
async function readPlan() {
  try {
    const { location, standing, since, inForce } = await (await ask('/api/plan')).json();
    return { inForce, told: `${location} (${standing}${since ? ` since ${since}` : ''})` };
  } catch (error) {
    return { told: `could not be read: ${error.message}` };
  }
}

function osUser() {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

try {
  const at = new Date().toISOString();
  const { rows, summary } = await everyRow();
  const vaults = (await (await ask('/api/vaults')).json()).value;
  const who = options.by || osUser();
  const plan = await readPlan();
  const stem = join(options.out, `backup-coverage-${at.slice(0, 19).replaceAll(':', '')}Z`);
  mkdirSync(options.out, { recursive: true });
  writeFileSync(`${stem}.html`, html({ rows, summary, vaults, plan, at, who }));
  writeFileSync(`${stem}.csv`, await everyLine());
  console.log(
    `${rows.length} resources, ${summary.complete ? 'complete' : 'not complete'}\n${stem}.html\n${stem}.csv`,
  );
} catch (error) {
  console.error(`The report could not be made: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
