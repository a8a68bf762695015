import type { Expression } from './kql-expression.ts';
import { InvalidQuery } from './kql-tokens.ts';

/** One row of a table. */
export type Row = Readonly<Record<string, unknown>>;

/** Value of an expression for a row; a missing column or key is null, as the service has it. */
export function evaluate(expression: Expression, row: Row): unknown {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'path':
      return readPath(row, expression.path);
    case 'call':
      return callFunction(
        expression.name,
        expression.args.map((arg) => evaluate(arg, row)),
      );
    case 'not':
      return evaluate(expression.inner, row) !== true;
    case 'join':
      return expression.word === 'and'
        ? expression.parts.every((part) => evaluate(part, row) === true)
        : expression.parts.some((part) => evaluate(part, row) === true);
    case 'compare':
      return compare(expression.sign, evaluate(expression.left, row), evaluate(expression.right, row));
    case 'in': {
      const left = evaluate(expression.left, row);
      const sign = expression.sign === 'in~' ? '=~' : '==';
      return expression.list.some((item) => compare(sign, left, evaluate(item, row)));
    }
  }
}

// Columns are found without case; keys below them (tags, properties) only in their own casing.
function readPath(row: Row, [column = '', ...keys]: readonly string[]): unknown {
  const name =
    column in row ? column : Object.keys(row).find((key) => key.toLowerCase() === column.toLowerCase());
  let value: unknown = name === undefined ? null : row[name];
  for (const key of keys) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : null;
  }
  return value ?? null;
}

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);

const fold = (value: unknown): string => asText(value).toLowerCase();

function compare(sign: string, left: unknown, right: unknown): boolean {
  switch (sign) {
    case '==':
      return same(left, right);
    case '!=':
      return !same(left, right);
    case '=~':
      return left !== null && fold(left) === fold(right);
    case '!~':
      return left === null || fold(left) !== fold(right);
    case 'contains':
      return fold(left).includes(fold(right));
    case 'startswith':
      return fold(left).startsWith(fold(right));
    case 'endswith':
      return fold(left).endsWith(fold(right));
    case 'has':
      return fold(left)
        .split(/[^a-z0-9]+/)
        .includes(fold(right));
    default:
      return ordered(sign, left, right);
  }
}

function same(left: unknown, right: unknown): boolean {
  if (left === null || right === null) return false;
  return typeof left === 'number' && typeof right === 'number'
    ? left === right
    : asText(left) === asText(right);
}

function ordered(sign: string, left: unknown, right: unknown): boolean {
  const order = orderOf(left, right);
  if (sign === '<') return order < 0;
  if (sign === '<=') return order <= 0;
  return sign === '>' ? order > 0 : order >= 0;
}

/** Sorting order of two values: numbers as numbers, everything else as text; null first. */
export function orderOf(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [asText(left), asText(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function callFunction(name: string, args: readonly unknown[]): unknown {
  const [first = null] = args;
  switch (name) {
    case 'tolower':
      return asText(first).toLowerCase();
    case 'toupper':
      return asText(first).toUpperCase();
    case 'tostring':
      return asText(first);
    case 'isempty':
      return asText(first) === '';
    case 'isnotempty':
      return asText(first) !== '';
    case 'isnull':
      return first === null;
    case 'isnotnull':
      return first !== null;
    case 'strcat':
      return args.map(asText).join('');
    case 'coalesce':
      return args.find((arg) => arg !== null && arg !== '') ?? null;
    case 'todatetime':
      return first;
    default:
      throw new InvalidQuery(`The function '${name}' is not known.`);
  }
}
