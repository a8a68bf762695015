import type { Recording } from './readExchanges.ts';

/** How the replay of one recording as a flow of ours ended. */
export type FlowReplay =
  { readonly kind: 'asRecorded' } | { readonly kind: 'otherwise'; readonly reason: string };

/** One flow that recordings may show: undefined for a recording that shows another or none. */
export type FlowReplayer = (recording: Recording) => Promise<FlowReplay> | undefined;

/** Every flow that can be replayed; the first that knows a recording plays it. */
export const flowReplayers: readonly FlowReplayer[] = [];
