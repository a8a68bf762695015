import { datasourceIn, instanceFlow } from './instanceFlow.ts';
import { flowWritesIn, preparationsIn, type FlowWrite } from './flowWrites.ts';
import { itemFlow } from './itemFlow.ts';
import type { Recording } from './readExchanges.ts';
import { sightingsIn, type Sighting } from './sightings.ts';

/** How a flow is brought about again. */
export type Cause =
  | {
      readonly by: 'request';
      /** Path of the app's own API. */
      readonly path: string;
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** The part of a protection that looks at an instance and has an error looked at again. */
  | { readonly by: 'reconciling'; readonly instanceId: string }
  /** Not a flow of ours. */
  | { readonly by: 'nothing'; readonly reason: string };

/** One flow that a recording shows, told by its write. */
export interface RecordedFlow {
  /** For a person: `back up vm;…`. */
  readonly title: string;
  readonly write: FlowWrite;
  /** The write that ends it, where a flow of ours sends two: undelete and resume, protect and sync. */
  readonly lastWrite: FlowWrite;
  /** Replies from here on show the item as it was for this flow. */
  readonly from: number;
  /** First position that belongs to the next flow of the same item. */
  readonly until: number;
  /** The write before it to the same item. */
  readonly previous: FlowWrite | undefined;
  readonly sightings: readonly Sighting[];
  /** Positions of the writes that prepared this flow's own. */
  readonly preparations: readonly number[];
  readonly cause: Cause;
}

/** What is known when a flow's cause is told. */
export interface FlowSetting {
  readonly write: FlowWrite;
  /** The second write of the same flow. */
  readonly second: FlowWrite | undefined;
  readonly previous: FlowWrite | undefined;
  readonly from: number;
  readonly sightings: readonly Sighting[];
}

function whatIn(cause: Cause, { verb }: FlowWrite): string {
  if (cause.by !== 'request') return verb;
  const { mode, undelete } = cause.body;
  if (cause.path.endsWith('/backups')) return 'back up';
  if (cause.path.endsWith('/stop')) return `stop (${String(mode)})`;
  if (cause.path.endsWith('/resume')) return undelete ? 'undelete' : 'resume';
  return 'protect';
}

const nameOf = ({ itemId }: FlowWrite): string => itemId.split('/').at(-1) ?? '';

/** Whether a write is the second of a flow that another began. */
function isSecond({ verb }: FlowWrite, previous: FlowWrite | undefined): boolean {
  if (verb === 'resumeProtection') return previous?.verb === 'undelete';
  return verb === 'sync' && previous?.verb === 'put' && datasourceIn(previous.body) !== undefined;
}

/** Finds the flows of a recording by the writes to items and instances. */
export function recordedFlows({ exchanges }: Recording): readonly RecordedFlow[] {
  const sightings = sightingsIn(exchanges);
  const all = flowWritesIn(exchanges);
  const preparations = [...preparationsIn(exchanges, all)];
  const items = [...new Set(all.map(({ itemPath }) => itemPath))];
  const byItem = items.map((item) => all.filter(({ itemPath }) => itemPath === item));
  const flows = byItem.flatMap((writes) =>
    writes.flatMap((write, at): RecordedFlow[] => {
      const previous = writes[at - 1];
      if (isSecond(write, previous)) return [];
      const next = writes[at + 1];
      const second = next && isSecond(next, write) ? next : undefined;
      const until = (second ? writes[at + 2] : next)?.index ?? exchanges.length;
      const setting = { write, second, previous, from: previous ? previous.index + 1 : 0, sightings };
      const cause = write.isInstance ? instanceFlow(setting) : itemFlow(setting);
      const title = `${whatIn(cause, write)} ${nameOf(write)}`;
      const own = preparations.flatMap(([index, prepared]) => (prepared === write.index ? [index] : []));
      return [{ ...setting, title, lastWrite: second ?? write, until, preparations: own, cause }];
    }),
  );
  return flows.sort((a, b) => a.write.index - b.write.index);
}
