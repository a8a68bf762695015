// npm run test:recorded -- FOLDER: plays recorded exchanges through the client's rules, and whole flows where they are ours.
import { pathToFileURL } from 'node:url';
import { onlyWord, orExit, readWords } from '../../local/commandLine.ts';
import { replayFlows, type FlowReplay } from './flows.ts';
import { judge, type KnownPolls } from './genericRules.ts';
import { readExchanges, type Recording } from './readExchanges.ts';
import { readWithStep } from './stepReaders.ts';

/** What the replies of a folder came to. */
export interface ReplyCount {
  replies: number;
  /** One line per reply, line or reading that no rule knows. */
  readonly unclassified: string[];
  /** Ruling in words → how often. */
  readonly rulings: Map<string, number>;
  /** Codes that only the defaults by status know. */
  readonly unknownCodes: Set<string>;
}

/** Judges every reply of every recording. */
export function judgeAll(recordings: readonly Recording[]): ReplyCount {
  const count: ReplyCount = { replies: 0, unclassified: [], rulings: new Map(), unknownCodes: new Set() };
  for (const recording of recordings) judgeRecording(recording, count);
  return count;
}

function judgeRecording({ exchanges, unreadableLines }: Recording, count: ReplyCount): void {
  const polls: KnownPolls = new Map();
  count.replies += exchanges.length + unreadableLines.length;
  count.unclassified.push(...unreadableLines);
  for (const exchange of exchanges) {
    const ruling = judge(exchange, polls);
    const wrong = ruling.kind === 'unclassified' ? ruling.reason : readWithStep(exchange);
    if (wrong !== undefined) {
      count.unclassified.push(`${exchange.where}: ${exchange.method} ${pathFor(exchange.url)}: ${wrong}`);
      continue;
    }
    const as = ruling.kind === 'classified' ? ruling.as : 'not ARM';
    count.rulings.set(as, (count.rulings.get(as) ?? 0) + 1);
    if (ruling.kind === 'classified' && ruling.unknownCode) count.unknownCodes.add(ruling.unknownCode);
  }
}

/** Without the query, which may be signed. */
const pathFor = (url: string): string => url.split('?', 1)[0] ?? '';

async function replayAll(recordings: readonly Recording[]): Promise<readonly FlowReplay[]> {
  const replays: FlowReplay[] = [];
  for (const recording of recordings) replays.push(...(await replayFlows(recording)));
  return replays;
}

const kindWords: Readonly<Record<FlowReplay['kind'], string>> = {
  asRecorded: 'ended as recorded',
  asFarAsRecorded: 'as far as recorded',
  otherwise: 'ENDED OTHERWISE',
  notOurs: 'not ours',
};

function flowInWords({ title, kind, says, readsNotRecorded }: FlowReplay): string {
  const reads = readsNotRecorded > 0 ? ` (reads not recorded: ${readsNotRecorded})` : '';
  return `${title}: ${kindWords[kind]}: ${says}${reads}`;
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : [];

/** Judges and replays recordings, prints what it found, and says whether all was well. */
export async function replay(
  recordings: readonly Recording[],
  print: (line: string) => void,
): Promise<boolean> {
  const found = judgeAll(recordings);
  const flows = await replayAll(recordings);
  const counted = (kind: FlowReplay['kind']): number => flows.filter((flow) => flow.kind === kind).length;
  const rulings = [...found.rulings].sort(([a], [b]) => a.localeCompare(b));
  const lines = [
    ...section(
      'Replies',
      rulings.map(([as, times]) => `${String(times).padStart(5)}  ${as}`),
    ),
    ...section('Codes outside the table, classed by status', [...found.unknownCodes].sort()),
    ...section('Unclassified', found.unclassified),
    ...section('Flows', flows.map(flowInWords)),
    '',
    `replies ${found.replies}, unclassified ${found.unclassified.length}; flows ${flows.length}, ended as recorded ${counted('asRecorded')}, as far as recorded ${counted('asFarAsRecorded')}, not ours ${counted('notOurs')}`,
  ];
  for (const line of lines) print(line);
  return found.unclassified.length === 0 && counted('otherwise') === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const recordings = orExit('npm run test:recorded -- FOLDER', () =>
    readExchanges(onlyWord('FOLDER', readWords({}).positionals)),
  );
  const isWell = await replay(recordings, (line) => console.log(line));
  process.exitCode = isWell ? 0 : 1;
}
