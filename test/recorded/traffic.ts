/** What a replay asked for, compared with the recording. */
export interface Traffic {
  /** The flow's own write was sent. */
  isSent: boolean;
  /** How often each recorded write was sent, by its position; a try that was throttled or failed in passing does not count. */
  readonly sent: Map<number, number>;
  /** Questions that were not recorded and whose answer the write itself proves. */
  readonly deduced: Set<string>;
  /** Reads that were not recorded: answered empty or 404, or with the last running state again. */
  readonly unrecorded: Set<string>;
  /** How often such a read came after the flow's write. */
  unrecordedAfter: number;
  /** Writes that were not recorded, requests that differ, signed URLs that were altered. */
  readonly wrong: string[];
}

/** Before the first request. */
export const noTraffic = (): Traffic => ({
  isSent: false,
  sent: new Map(),
  deduced: new Set(),
  unrecorded: new Set(),
  unrecordedAfter: 0,
  wrong: [],
});
