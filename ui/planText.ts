/** One line of a plan as JSON, and the place it shows: `rules[2].protect.vaults`. */
export interface PlanLine {
  readonly text: string;
  readonly path: string;
}

const entriesOf = (value: object): readonly (readonly [string, unknown])[] =>
  Array.isArray(value) ? value.map((each, at) => [String(at), each]) : Object.entries(value);

/** A plan line by line, as `JSON.stringify` would indent it. */
export function linesOf(value: unknown, path = '', label = '', indent = '', comma = ''): readonly PlanLine[] {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch) return [{ path, text: `${indent}${label}${JSON.stringify(value)}${comma}` }];
  const isList = Array.isArray(value);
  const entries = entriesOf(value);
  const inner = entries.flatMap(([key, each], at) =>
    linesOf(
      each,
      isList ? `${path}[${key}]` : path ? `${path}.${key}` : key,
      isList ? '' : `${JSON.stringify(key)}: `,
      `${indent}  `,
      at < entries.length - 1 ? ',' : '',
    ),
  );
  return [
    { path, text: `${indent}${label}${isList ? '[' : '{'}` },
    ...inner,
    { path, text: `${indent}${isList ? ']' : '}'}${comma}` },
  ];
}

/** The line that a problem is about: that of its path, else of the nearest place around it. */
export function lineOfProblem(lines: readonly PlanLine[], path: string): number {
  // The app adds the name of a rule or schedule, in quotes.
  let place = path.replace(/ "[^"]*"/g, '');
  for (;;) {
    const found = lines.findIndex((line) => line.path === place);
    if (found >= 0 || place === '') return Math.max(0, found);
    place = place.replace(/(?:^|\.)[^.[\]]+$|\[\d+\]$/, '');
  }
}

/** A line of a comparison: in both, only in the plan in force, or only in the text that lies there. */
export interface DiffLine {
  readonly kind: 'same' | 'was' | 'is';
  readonly text: string;
  /** Of `same` and `is`: its number in the text that lies there, from 0. */
  readonly at?: number;
}

const mostCells = 4_000_000;

/** Length of the longest common run of lines from each pair of positions on. */
function commonAhead(was: readonly string[], is: readonly string[]): (i: number, j: number) => number {
  const width = is.length + 1;
  const cells = new Uint16Array((was.length + 1) * width);
  for (let i = was.length - 1; i >= 0; i--)
    for (let j = is.length - 1; j >= 0; j--)
      cells[i * width + j] =
        was[i] === is[j]
          ? cells[(i + 1) * width + j + 1]! + 1
          : Math.max(cells[(i + 1) * width + j]!, cells[i * width + j + 1]!);
  return (i, j) => cells[i * width + j]!;
}

function diffMiddle(was: readonly string[], is: readonly string[], offset: number): DiffLine[] {
  const tooLong = was.length * is.length > mostCells;
  const ahead = tooLong ? () => 0 : commonAhead(was, is);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < was.length || j < is.length) {
    if (i < was.length && j < is.length && was[i] === is[j] && !tooLong) {
      lines.push({ kind: 'same', text: is[j]!, at: offset + j++ });
      i++;
    } else if (i < was.length && (j === is.length || ahead(i + 1, j) >= ahead(i, j + 1)))
      lines.push({ kind: 'was', text: was[i++]! });
    else lines.push({ kind: 'is', text: is[j]!, at: offset + j++ });
  }
  return lines;
}

/** Both texts in one, line by line. */
export function diffLines(was: readonly string[], is: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < was.length && head < is.length && was[head] === is[head]) head++;
  let tail = 0;
  while (tail < Math.min(was.length, is.length) - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  const same = (from: number, to: number): DiffLine[] =>
    is.slice(from, to).map((text, at) => ({ kind: 'same', text, at: from + at }));
  return [
    ...same(0, head),
    ...diffMiddle(was.slice(head, was.length - tail), is.slice(head, is.length - tail), head),
    ...same(is.length - tail, is.length),
  ];
}
