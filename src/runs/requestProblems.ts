import type * as z from 'zod';

/** One thing wrong with a request. `path` is `target.vaultId` or `targets[2].share`; empty for the body as a whole. */
export interface RequestProblem {
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** Of the shapes a value may have, the one it comes nearest to: the fewest things wrong with it. */
function nearest(shapes: readonly (readonly Issue[])[], path: Path): RequestProblem[] | undefined {
  const read = shapes.map((issues) => issues.flatMap((issue) => problemsOf(issue, path)));
  return read.sort((one, other) => one.length - other.length)[0];
}

function problemsOf(issue: Issue, parent: Path): RequestProblem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'unknown field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return nearest(issue.errors, path) ?? [];
  }
  return [{ path: pathText(path), message: issue.message }];
}

/** Everything wrong with a request, each with its path; never empty for a failed parse. */
export const requestProblems = (error: z.ZodError): RequestProblem[] =>
  error.issues.flatMap((issue) => problemsOf(issue, []));
