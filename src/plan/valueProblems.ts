import type * as z from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One thing that is wrong with what somebody has written, and where. */
export interface ValueProblem {
  readonly path: Path;
  readonly message: string;
}

const membersOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];

const memberAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );

/** Members of a value that a shape does not know: all of them where it is another kind of thing, or wants a word that is not there. */
function strangersOf(shape: readonly Issue[], value: unknown): number {
  const root = shape.filter(({ path }) => path.length === 0);
  if (root.some(({ code }) => code === 'invalid_type')) return Number.POSITIVE_INFINITY;
  const wanted = shape.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.errors.length === 0 ? [issue.path] : [],
  );
  if (wanted.some((path) => memberAt(value, path) === undefined)) return membersOf(value).length;
  return root.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

const depthOf = (problems: readonly ValueProblem[]): number =>
  Math.max(0, ...problems.map(({ path }) => path.length));

/** Of the shapes a value may have, the one meant: it knows the most of what is there, then has the fewest and the deepest problems. */
function nearest(shapes: readonly (readonly Issue[])[], value: unknown): readonly ValueProblem[] {
  const [meant] = shapes
    .map((shape) => ({ strangers: strangersOf(shape, value), problems: valueProblems(shape, value) }))
    .sort(
      (one, other) =>
        one.strangers - other.strangers ||
        one.problems.length - other.problems.length ||
        depthOf(other.problems) - depthOf(one.problems),
    );
  return meant?.problems ?? [];
}

/** The library's words, where they speak of its own notions. */
function wordsFor({ message }: Issue): string {
  if (message.endsWith('received undefined')) return 'is missing';
  return message.replace(/^Invalid discriminator value\. Expected /, 'expected one of ');
}

function problemsOf(issue: Issue, value: unknown): readonly ValueProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown field' }));
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [{ path: issue.path, message: wordsFor(issue) }];
  return nearest(issue.errors, memberAt(value, issue.path)).map(({ path, message }) => ({
    path: [...issue.path, ...path],
    message,
  }));
}

/** Everything that is wrong with a value, each with its path; where it may have several shapes, by the one that was meant. */
export const valueProblems = (issues: readonly Issue[], value: unknown): readonly ValueProblem[] =>
  issues.flatMap((issue) => problemsOf(issue, value));
