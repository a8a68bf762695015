import { InvalidQuery, type Token } from './kql-tokens.ts';

/** What a query calculates from one row. */
export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  /** Column and what lies below it; keys in the query's casing. */
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'join'; readonly word: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'compare'; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'in';
      readonly sign: string;
      readonly left: Expression;
      readonly list: readonly Expression[];
    };

/** Reads tokens one after the other. */
export interface Cursor {
  readonly peek: () => Token | undefined;
  readonly next: () => Token;
  /** Takes the next token when it is this sign or word (without case). */
  readonly take: (value: string) => boolean;
  readonly expect: (value: string) => void;
}

/** A cursor over tokens. */
export function cursorOver(tokens: readonly Token[]): Cursor {
  let at = 0;
  const isNext = (value: string) => {
    const token = tokens[at];
    return token !== undefined && token.kind !== 'text' && token.value.toLowerCase() === value;
  };
  const cursor: Cursor = {
    peek: () => tokens[at],
    next() {
      const token = tokens[at];
      if (token === undefined) throw new InvalidQuery('The query ends too early.');
      at += 1;
      return token;
    },
    take(value) {
      const found = isNext(value);
      if (found) at += 1;
      return found;
    },
    expect(value) {
      if (!cursor.take(value))
        throw new InvalidQuery(`Expected '${value}' before '${tokens[at]?.value ?? 'the end'}'.`);
    },
  };
  return cursor;
}

/** Reads `a and b or c`; `and` binds closer. */
export function readExpression(cursor: Cursor): Expression {
  return readJoined(cursor, 'or', () => readJoined(cursor, 'and', () => readComparison(cursor)));
}

function readJoined(cursor: Cursor, word: 'and' | 'or', readPart: () => Expression): Expression {
  const parts = [readPart()];
  while (cursor.take(word)) parts.push(readPart());
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'join', word, parts };
}

const comparisons = ['==', '=~', '!=', '!~', '<=', '>=', '<', '>'];
const wordComparisons = ['contains', 'startswith', 'endswith', 'has'];

function readComparison(cursor: Cursor): Expression {
  const left = readOperand(cursor);
  const sign = comparisons.find((candidate) => cursor.take(candidate));
  if (sign !== undefined) return { kind: 'compare', sign, left, right: readOperand(cursor) };
  const negated = cursor.take('!');
  const word = wordComparisons.find((candidate) => cursor.take(candidate));
  const found: Expression | undefined =
    word !== undefined
      ? { kind: 'compare', sign: word, left, right: readOperand(cursor) }
      : readMembership(cursor, left);
  if (found === undefined) {
    if (negated) throw new InvalidQuery("Unexpected '!'.");
    return left;
  }
  return negated ? { kind: 'not', inner: found } : found;
}

function readMembership(cursor: Cursor, left: Expression): Expression | undefined {
  const sign = ['in~', 'in'].find((candidate) => cursor.take(candidate));
  return sign === undefined ? undefined : { kind: 'in', sign, left, list: readArguments(cursor) };
}

function readArguments(cursor: Cursor): Expression[] {
  cursor.expect('(');
  const list: Expression[] = [];
  if (cursor.take(')')) return list;
  do list.push(readExpression(cursor));
  while (cursor.take(','));
  cursor.expect(')');
  return list;
}

function readOperand(cursor: Cursor): Expression {
  if (cursor.take('(')) {
    const inner = readExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  const token = cursor.next();
  if (token.kind === 'text') return { kind: 'value', value: token.value };
  if (token.kind === 'number') return { kind: 'value', value: Number(token.value) };
  if (token.kind === 'sign' && token.value !== '[') throw new InvalidQuery(`Unexpected '${token.value}'.`);
  if (token.kind === 'word') return readWord(cursor, token.value);
  const quoted = cursor.next().value;
  cursor.expect(']');
  return readPath(cursor, quoted);
}

function readWord(cursor: Cursor, word: string): Expression {
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false') return { kind: 'value', value: lower === 'true' };
  if (cursor.peek()?.value !== '(' || cursor.peek()?.kind !== 'sign') return readPath(cursor, word);
  const args = readArguments(cursor);
  const [only] = args;
  return lower === 'not' && only !== undefined
    ? { kind: 'not', inner: only }
    : { kind: 'call', name: lower, args };
}

function readPath(cursor: Cursor, first: string): Expression {
  const path = [first];
  for (;;) {
    if (cursor.take('.')) path.push(cursor.next().value);
    else if (cursor.take('[')) {
      path.push(cursor.next().value);
      cursor.expect(']');
    } else return { kind: 'path', path };
  }
}
