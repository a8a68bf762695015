import { evaluate, orderOf, type Row } from './kql-evaluate.ts';
import { type Cursor, cursorOver, type Expression, readExpression } from './kql-expression.ts';
import { InvalidQuery, tokenize } from './kql-tokens.ts';

/** A parsed query: which table, and what is done to its rows. */
export interface Query {
  /** Lower case. */
  readonly table: string;
  readonly run: (rows: readonly Row[]) => Row[];
}

type Stage = (rows: readonly Row[]) => Row[];

interface Column {
  readonly name: string;
  readonly expression: Expression;
}

/**
 * Parses the part of the query language that inventories need: `where`, `project`, `extend`, `order by`, `top`,
 * `limit`, `count`, `distinct` and `summarize count() by`.
 *
 * @throws InvalidQuery for anything else.
 */
export function parseQuery(text: string): Query {
  const cursor = cursorOver(tokenize(text));
  const table = cursor.next().value.toLowerCase();
  const stages: Stage[] = [];
  while (cursor.peek() !== undefined) {
    cursor.expect('|');
    stages.push(readStage(cursor));
  }
  return { table, run: (rows) => stages.reduce<Row[]>((left, stage) => stage(left), [...rows]) };
}

function readStage(cursor: Cursor): Stage {
  const word = cursor.next().value.toLowerCase();
  switch (word) {
    case 'where':
      return readWhere(cursor);
    case 'project':
      return projecting(readColumns(cursor));
    case 'extend':
      return extending(readColumns(cursor));
    case 'distinct':
      return distinct(readColumns(cursor));
    case 'order':
    case 'sort':
      cursor.expect('by');
      return ordering(readOrder(cursor));
    case 'top':
      return readTop(cursor);
    case 'limit':
    case 'take':
      return limiting(Number(cursor.next().value));
    case 'count':
      return (rows) => [{ Count: rows.length }];
    case 'summarize':
      return readSummarize(cursor);
    default:
      throw new InvalidQuery(`The operator '${word}' is not known.`);
  }
}

function readWhere(cursor: Cursor): Stage {
  const condition = readExpression(cursor);
  return (rows) => rows.filter((row) => evaluate(condition, row) === true);
}

function readColumns(cursor: Cursor): Column[] {
  const columns: Column[] = [];
  do columns.push(readColumn(cursor));
  while (cursor.take(','));
  return columns;
}

function readColumn(cursor: Cursor): Column {
  const expression = readExpression(cursor);
  if (expression.kind === 'path' && expression.path.length === 1 && cursor.take('=')) {
    return { name: expression.path[0] ?? '', expression: readExpression(cursor) };
  }
  return { name: nameOf(expression), expression };
}

function nameOf(expression: Expression): string {
  if (expression.kind === 'path') return expression.path.join('_');
  const [first] = expression.kind === 'call' ? expression.args : [];
  return first === undefined ? 'Column1' : nameOf(first);
}

const cellsOf = (columns: readonly Column[], row: Row): Row =>
  Object.fromEntries(columns.map(({ name, expression }) => [name, evaluate(expression, row)]));

const projecting =
  (columns: readonly Column[]): Stage =>
  (rows) =>
    rows.map((row) => cellsOf(columns, row));

const extending =
  (columns: readonly Column[]): Stage =>
  (rows) =>
    rows.map((row) => ({ ...row, ...cellsOf(columns, row) }));

const distinct =
  (columns: readonly Column[]): Stage =>
  (rows) => [
    ...new Map(rows.map((row) => cellsOf(columns, row)).map((row) => [JSON.stringify(row), row])).values(),
  ];

interface Order {
  readonly expression: Expression;
  readonly direction: 1 | -1;
}

/** Descending unless the query says `asc`. */
function readOrder(cursor: Cursor): Order[] {
  const orders: Order[] = [];
  do {
    const expression = readExpression(cursor);
    const direction = cursor.take('asc') ? 1 : -1;
    cursor.take('desc');
    orders.push({ expression, direction });
  } while (cursor.take(','));
  return orders;
}

const ordering =
  (orders: readonly Order[]): Stage =>
  (rows) =>
    [...rows].sort((a, b) => {
      for (const { expression, direction } of orders) {
        const order = orderOf(evaluate(expression, a), evaluate(expression, b)) * direction;
        if (order !== 0) return order;
      }
      return 0;
    });

const limiting =
  (limit: number): Stage =>
  (rows) =>
    rows.slice(0, limit);

function readTop(cursor: Cursor): Stage {
  const limit = limiting(Number(cursor.next().value));
  cursor.expect('by');
  const order = ordering(readOrder(cursor));
  return (rows) => limit(order(rows));
}

function readSummarize(cursor: Cursor): Stage {
  const counts = cursor.take('count');
  if (counts) {
    cursor.expect('(');
    cursor.expect(')');
  }
  const columns = cursor.take('by') ? readColumns(cursor) : [];
  return (rows) => summarize(rows, columns, counts);
}

function summarize(rows: readonly Row[], columns: readonly Column[], counts: boolean): Row[] {
  const groups = new Map<string, { cells: Row; count: number }>();
  for (const row of rows) {
    const cells = cellsOf(columns, row);
    const group = groups.get(JSON.stringify(cells)) ?? { cells, count: 0 };
    group.count += 1;
    groups.set(JSON.stringify(cells), group);
  }
  return [...groups.values()].map(({ cells, count }) => (counts ? { ...cells, count_: count } : cells));
}
