import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** A column of a long table. */
export interface Column<T> {
  readonly name: string;
  /** Track of a CSS grid. */
  readonly size: string;
  readonly cell: (row: T) => ComponentChildren;
  /** What the table is sorted by when its head is pressed. */
  readonly sort?: string;
  /** Whether it is shown where there is little room; the first column always is. */
  readonly narrow?: boolean;
}

interface VirtualTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly sortedBy: string;
  readonly onSort: (sort: string) => void;
}

const narrowScreen = '(max-width: 700px)';
const beyond = 8;

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const update = (): void => setMatches(media.matches);
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, [query]);
  return matches;
}

/** Which rows are within the window of the box, a few more on each side. */
function useVisible(
  rowHeight: number,
  count: number,
): readonly [RefObject<HTMLDivElement | null>, number, number] {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const update = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    update();
    element.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    if (box.current && view.top > count * rowHeight) box.current.scrollTop = 0;
  }, [count, rowHeight]);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond);
  return [box, first, Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + beyond)];
}

/** A table of any length: only the rows in view are in the document, and screen readers are told the rest. */
export function VirtualTable<T>(props: VirtualTableProps<T>): JSX.Element {
  const { label, rows, columns, keyOf, sortedBy, onSort } = props;
  const isNarrow = useMedia(narrowScreen);
  const rowHeight = isNarrow ? 74 : 42;
  const shown = isNarrow ? columns.filter(({ narrow }, at) => narrow || at === 0) : columns;
  const [box, first, last] = useVisible(rowHeight, rows.length);
  const tracks = isNarrow ? '1fr auto' : shown.map(({ size }) => size).join(' ');
  return (
    <div class="long" ref={box} tabIndex={0} role="region" aria-label={`${label}, scrolls`}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} aria-colcount={shown.length}>
        <div role="rowgroup" class="long-head">
          <div role="row" aria-rowindex={1} class="long-row" style={{ gridTemplateColumns: tracks }}>
            {shown.map(({ name, sort }) => (
              <div
                key={name}
                role="columnheader"
                aria-sort={sort && sort === sortedBy ? 'ascending' : undefined}
              >
                {sort ? (
                  <button type="button" class="quiet" onClick={() => onSort(sort === sortedBy ? '' : sort)}>
                    {name}
                    <span aria-hidden="true">{sort === sortedBy ? ' ↑' : ''}</span>
                  </button>
                ) : (
                  name
                )}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="long-body" style={{ height: `${rows.length * rowHeight}px` }}>
          {rows.slice(first, last).map((row, at) => (
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={first + at + 2}
              class="long-row"
              style={{
                gridTemplateColumns: tracks,
                height: `${rowHeight}px`,
                transform: `translateY(${(first + at) * rowHeight}px)`,
              }}
            >
              {shown.map(({ name, cell }) => (
                <div key={name} role="cell">
                  {cell(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
