import { readConstraint, type RouteConstraint } from './routeConstraint.ts';

/** A parsed route such as `hello/{name:alpha}/{rest?}`. */
export interface RouteTemplate {
  /** One digit per segment, lower wins: literal 1, constrained 2, parameter 3, constrained catch-all 4, catch-all 5. */
  readonly precedence: string;
  /** Values by parameter name, absent optional ones left out; undefined when the path does not fit. */
  match(segments: readonly string[]): Record<string, string> | undefined;
}

interface Parameter {
  readonly name: string;
  readonly catchAll: boolean;
  readonly optional: boolean;
  readonly otherwise?: string;
  readonly constraints: readonly RouteConstraint[];
}

/** A segment is literal text and parameters in turn; almost always exactly one of them. */
type Part = { readonly literal: string } | { readonly parameter: Parameter };
type Segment = readonly Part[];

/** Splits at a separator that lies outside of braces and parentheses. */
function splitOutside(text: string, separator: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const character of text) {
    if ('{('.includes(character)) depth += 1;
    if ('})'.includes(character)) depth -= 1;
    if (character === separator && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function readParameter(text: string): Parameter {
  const catchAll = text.startsWith('*');
  const [head = '', ...rest] = splitOutside(text.replace(/^\*+/, ''), ':');
  const last = rest.at(-1) ?? head;
  const optional = last.endsWith('?');
  const [bare = '', ...defaults] = splitOutside(optional ? last.slice(0, -1) : last, '=');
  const constraints = rest.length === 0 ? [] : [...rest.slice(0, -1), bare];
  return {
    name: rest.length === 0 ? bare : head,
    catchAll,
    optional,
    constraints: constraints.map((each) => readConstraint(each.replaceAll('{{', '{').replaceAll('}}', '}'))),
    ...(defaults.length > 0 ? { otherwise: defaults.join('=') } : {}),
  };
}

function readSegment(text: string): Segment {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.startsWith('{') ? closingBrace(rest) : rest.indexOf('{');
    const piece = end === -1 ? rest : rest.slice(0, rest.startsWith('{') ? end + 1 : end);
    parts.push(piece.startsWith('{') ? { parameter: readParameter(piece.slice(1, -1)) } : { literal: piece });
    rest = rest.slice(piece.length);
  }
  return parts;
}

function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`route has an unclosed brace: '${text}'`);
}

const onlyParameter = (segment: Segment): Parameter | undefined => {
  const [first] = segment;
  return segment.length === 1 && first && 'parameter' in first ? first.parameter : undefined;
};

function segmentPrecedence(segment: Segment): string {
  const parameter = onlyParameter(segment);
  if (!parameter) return segment.every((part) => 'literal' in part) ? '1' : '2';
  const constrained = parameter.constraints.length > 0;
  if (parameter.catchAll) return constrained ? '4' : '5';
  return constrained ? '2' : '3';
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function matchSegment(segment: Segment, value: string, values: Record<string, string>): boolean {
  const pattern = segment.map((part) => ('literal' in part ? escapePattern(part.literal) : '(.+?)')).join('');
  const found = new RegExp(`^${pattern}$`, 'is').exec(value);
  if (!found) return false;
  const parameters = segment.flatMap((part) => ('parameter' in part ? [part.parameter] : []));
  return parameters.every((parameter, at) => {
    const text = found[at + 1] ?? '';
    values[parameter.name] = text;
    return parameter.constraints.every((fits) => fits(text));
  });
}

/** A parameter without a value in the path: optional, defaulted or an empty catch-all. */
function acceptAbsence(segment: Segment, values: Record<string, string>): boolean {
  const parameter = onlyParameter(segment);
  if (!parameter) return false;
  if (parameter.otherwise !== undefined) values[parameter.name] = parameter.otherwise;
  return parameter.optional || parameter.catchAll || parameter.otherwise !== undefined;
}

function matchCatchAll(
  parameter: Parameter,
  rest: readonly string[],
  values: Record<string, string>,
): boolean {
  const text = rest.join('/');
  values[parameter.name] = text;
  return parameter.constraints.every((fits) => fits(text));
}

/** Parses a route; throws on an unclosed brace and on an unknown constraint. Literals are compared without case. */
export function parseRouteTemplate(route: string): RouteTemplate {
  const texts = splitOutside(route.replace(/^\/|\/$/g, ''), '/').filter((text) => text !== '');
  const segments = texts.map(readSegment);
  return {
    precedence: segments.map(segmentPrecedence).join(''),
    match(path) {
      const values: Record<string, string> = {};
      for (const [at, segment] of segments.entries()) {
        const value = path[at];
        if (value === undefined) {
          if (!acceptAbsence(segment, values)) return undefined;
          continue;
        }
        const parameter = onlyParameter(segment);
        if (parameter?.catchAll) return matchCatchAll(parameter, path.slice(at), values) ? values : undefined;
        if (!matchSegment(segment, value, values)) return undefined;
      }
      return path.length <= segments.length ? values : undefined;
    },
  };
}

/** Path segments, decoded but for `%2F`; a trailing slash adds none. Text that cannot be decoded stays as it is. */
export function pathSegments(path: string): readonly string[] {
  return path
    .split('/')
    .filter((text) => text !== '')
    .map((text) => text.split(/%2f/i).map(decodeLeniently).join('%2F'));
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
