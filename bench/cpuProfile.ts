import { Session, type Profiler } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** Whose code a moment was spent in. */
export type Part =
  'src' | 'libraries of the app' | 'local host' | 'simulator' | 'storage in memory' | 'harness';

/** Where the time of a piece of work went; shares of all moments that were not idle, garbage and the rest spread evenly. */
export interface CpuProfile {
  readonly shares: Readonly<Record<Part, number>>;
  /** Share that the garbage collector took, before it was spread. */
  readonly garbage: number;
  /** Share that the engine could not name, before it was spread. */
  readonly unnamed: number;
  /** The app's own functions by share, the built-in ones they call included; most first. */
  readonly hottest: readonly { readonly name: string; readonly share: number }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** The longest that fits decides; what is not listed (Node's own code, `zod`) counts to its caller. */
const places: readonly (readonly [string, Part])[] = [
  ['src/', 'src'],
  ['node_modules/@azure/', 'libraries of the app'],
  ['node_modules/durable-functions/', 'libraries of the app'],
  ['node_modules/moment/', 'libraries of the app'],
  ['node_modules/@typespec/', 'libraries of the app'],
  ['node_modules/croner/', 'libraries of the app'],
  ['local/functions-host/', 'local host'],
  ['local/arm-simulator/', 'simulator'],
  ['test/support/memoryStorage.ts', 'storage in memory'],
  ['test/support/', 'harness'],
  ['bench/', 'harness'],
];

const pathOf = (url: string): string => {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  return file.startsWith(root) ? file.slice(root.length) : '';
};

const partOf = (path: string): Part | undefined => places.find(([begin]) => path.startsWith(begin))?.[1];

interface Frame {
  readonly part: Part;
  readonly name: string;
}

type Node = Profiler.ProfileNode;

/** The frame that each node's moments count to: its own, or that of the nearest caller with a place. */
function framesOf(nodes: readonly Node[]): ReadonlyMap<number, Frame> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frames = new Map<number, Frame>();
  const visit = (node: Node, caller: Frame | undefined): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    const path = pathOf(url);
    const part = partOf(path);
    const own = part && { part, name: `${functionName || 'anonymous'} ${path}:${lineNumber + 1}` };
    const frame = own ?? caller;
    if (frame) frames.set(node.id, frame);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) visit(child, frame);
    }
  };
  if (nodes[0]) visit(nodes[0], undefined);
  return frames;
}

const add = (sums: Map<string, number>, name: string, value: number): void =>
  void sums.set(name, (sums.get(name) ?? 0) + value);

function profileOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): CpuProfile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const frames = framesOf(nodes);
  const [parts, functions] = [new Map<string, number>(), new Map<string, number>()];
  let [garbage, unnamed] = [0, 0];
  samples.forEach((id, at) => {
    const time = timeDeltas[at] ?? 0;
    const frame = frames.get(id);
    if (frame) {
      add(parts, frame.part, time);
      if (frame.part === 'src' || frame.part === 'libraries of the app') add(functions, frame.name, time);
    } else if (names.get(id) === '(garbage collector)') garbage += time;
    else if (names.get(id) !== '(idle)') unnamed += time;
  });
  const named = [...parts.values()].reduce((sum, time) => sum + time, 0);
  const busy = named + garbage + unnamed;
  return {
    shares: Object.fromEntries(
      places.map(([, part]) => [part, (parts.get(part) ?? 0) / named]),
    ) as CpuProfile['shares'],
    ...{ garbage: garbage / busy, unnamed: unnamed / busy },
    hottest: [...functions]
      .map(([name, time]) => ({ name, share: time / named }))
      .sort((one, other) => other.share - one.share),
  };
}

/** Does a piece of work under the engine's sampling profiler, which slows it by some percent. */
export async function profiled(work: () => Promise<unknown>): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profileOf(profile);
}
