import type { Row, StoredRow, Table } from '../storage/table.ts';

/** A state after a change, and what the one who asked for it is told. */
interface Changed<S, A> {
  readonly state: S;
  readonly answer: A;
}

/** One change that waits to be written; applied anew for every try. */
interface Change<S> {
  readonly nowMs: number;
  readonly apply: (state: S) => S;
}

interface Waiting<S> extends Change<S> {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Lets changes that are asked for while a write is on its way share the next one.
 *
 * @param write writes what all changes of a group make of the state; one that throws fails them all.
 */
function groupChanges<S>(write: (group: readonly Change<S>[]) => Promise<void>) {
  let waiting: Waiting<S>[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await write(group);
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    writing = false;
  }

  return <A>(nowMs: number, change: (state: S) => Changed<S, A>): Promise<A> =>
    new Promise<A>((resolve, reject) => {
      let answer: { readonly value: A } | undefined;
      const apply = (state: S): S => {
        const changed = change(state);
        answer = { value: changed.answer };
        return changed.state;
      };
      const done = () => answer && resolve(answer.value);
      waiting.push({ nowMs, apply, done, failed: reject });
      void drain();
    });
}

/** One row of numbers that several instances change. */
export interface SharedState<S> {
  /** The state as this process last knew it, read when it knew none or what it knew is stale. */
  peek(nowMs: number): Promise<S>;
  /** Changes the row; changes that are asked for together share one write. Asked again after a conflict. */
  change<A>(nowMs: number, change: (state: S) => Changed<S, A>): Promise<A>;
  /** Keeps a state in this process without writing it. */
  remember(state: S): void;
}

/** What a shared state is made of. */
interface SharedStateOptions<S> {
  readonly table: Table;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly row: (state: S) => Row;
  readonly state: (row: StoredRow) => S;
  /** What to believe of a row that is not there. */
  readonly unknown: (nowMs: number) => S;
  /** What of the process's own knowledge outlives a fresh read; absent: nothing. */
  readonly merge?: (stored: S, known: S) => S;
  /** Milliseconds after which `peek` reads again; a change meets the row's ETag in any case. */
  readonly staleMs: number;
}

const mostTries = 20;

/** A row of numbers, cached with its ETag. A write of ours that met its own first effect is a conflict: slower, safe. */
export function createSharedState<S>(options: SharedStateOptions<S>): SharedState<S> {
  const { table, partitionKey, rowKey } = options;
  let known: { readonly state: S; readonly etag: string | undefined; readonly atMs: number } | undefined;
  let last: S | undefined;

  async function read(nowMs: number) {
    const row = await table.read(partitionKey, rowKey);
    const stored = row ? options.state(row) : options.unknown(nowMs);
    const state = last && options.merge ? options.merge(stored, last) : stored;
    known = { state, etag: row?.etag, atMs: nowMs };
    return known;
  }

  async function write(group: readonly Change<S>[]): Promise<void> {
    const nowMs = group[0]?.nowMs ?? 0;
    for (let tries = 0; tries < mostTries; tries++) {
      const from = known ?? (await read(nowMs));
      const state = group.reduce((sum, { apply }) => apply(sum), from.state);
      const row = options.row(state);
      const written = await (from.etag === undefined ? table.insert(row) : table.replace(row, from.etag));
      if (written.kind === 'written') {
        known = { state, etag: written.etag, atMs: nowMs };
        return;
      }
      known = undefined;
    }
    throw new Error(`The budget row ${rowKey} was changed by others ${mostTries} times in a row.`);
  }

  const change = groupChanges<S>(async (group) => {
    try {
      await write(group);
    } catch (error) {
      known = undefined;
      throw error;
    }
  });

  return {
    peek: async (nowMs) => {
      const fresh = known && nowMs - known.atMs < options.staleMs ? known : await read(nowMs);
      return fresh.state;
    },
    change,
    remember: (state) => {
      last = state;
      if (known) known = { ...known, state };
    },
  };
}
