/** A timer waiting on the virtual clock. */
export interface HeapTimer {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  readonly run: () => void;
}

/** Timers in the order (due time, sequence number). */
export interface TimerHeap {
  add(timer: HeapTimer): void;
  /** Forgets a timer; an unknown id is ignored. */
  remove(id: number): void;
  first(): HeapTimer | undefined;
  takeFirst(): HeapTimer | undefined;
  readonly size: number;
}

const isBefore = (a: HeapTimer, b: HeapTimer): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.id < b.id);

/** An empty heap; removed timers are skipped when they come up. */
export function createTimerHeap(): TimerHeap {
  const heap: HeapTimer[] = [];
  const live = new Set<number>();

  function raise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  function sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = comesBefore(left + 1, left) ? left + 1 : left;
      if (!swapIfBefore(child, at)) return;
      at = child;
    }
  }

  function comesBefore(a: number, b: number): boolean {
    const first = heap[a];
    const second = heap[b];
    return first !== undefined && second !== undefined && isBefore(first, second);
  }

  function swapIfBefore(a: number, b: number): boolean {
    const first = heap[a];
    const second = heap[b];
    if (!first || !second || !isBefore(first, second)) return false;
    heap[a] = second;
    heap[b] = first;
    return true;
  }

  function dropTop(): HeapTimer | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (last && heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return top;
  }

  function first(): HeapTimer | undefined {
    while (heap[0] && !live.has(heap[0].id)) dropTop();
    return heap[0];
  }

  return {
    add(timer) {
      heap.push(timer);
      live.add(timer.id);
      raise(heap.length - 1);
    },
    remove: (id) => void live.delete(id),
    first,
    takeFirst() {
      const top = first();
      if (!top) return undefined;
      live.delete(top.id);
      return dropTop();
    },
    get size() {
      return live.size;
    },
  };
}
