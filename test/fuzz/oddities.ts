/** A generator of numbers in [0, 1). */
export type Random = () => number;

type Path = readonly (string | number)[];

const within = (random: Random, below: number): number => Math.floor(random() * below);

/** One of several. */
export function oneOf<T>(random: Random, values: readonly T[]): T {
  const value = values[within(random, values.length)];
  if (value === undefined) throw new Error('Nothing to choose from.');
  return value;
}

const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

/** Pieces of text that have misled programs before. */
const oddTexts: readonly string[] = [
  ...['', ' ', '\u0000', '\u202e', '\u2066x\u2069', '\ufeff', '\ud800', '🗄️', 'ß', 'İ', 'K', 'ı', '\r\nX: y'],
  ...[
    '..',
    '../..',
    '.',
    '/',
    '//',
    '\\',
    '%2e%2e',
    '%2f',
    '%00',
    '?x=1',
    '#x',
    "'",
    '"',
    ';',
    '$(x)',
    '{0}',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', 'NaN', '-0', '1e309', 'true'],
  ...['P0D', 'P1Y', '-P1D', 'P1DT', 'PT0S', 'P99999999999D', 'P30D ', '2026-02-30', '2026-13-01T00:00:00Z'],
  ...['/subscriptions/', '/subscriptions/x', '/SUBSCRIPTIONS/11111111-2222-4333-8444-555555555555'],
  'x'.repeat(300),
  'ä'.repeat(4096),
];

const oddValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.1,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER + 1,
    [],
    {},
    [[]],
    [null],
    { a: null },
  ],
  ...[Array.from({ length: 200 }, (_, at) => at), { ['__proto__x']: {} }, { length: 5 }, { toString: 'x' }],
];

/** A text that is odd, or a good one with something odd in it. */
export function oddText(random: Random, good = ''): string {
  const odd = oneOf(random, oddTexts);
  const at = within(random, good.length + 1);
  switch (within(random, 4)) {
    case 0:
      return odd;
    case 1:
      return good.slice(0, at) + odd + good.slice(at);
    case 2:
      return good.slice(0, at) + good.slice(at + 1 + within(random, 8));
    default:
      return oneOf(random, [
        good.toUpperCase(),
        `${good}/`,
        `${good} `,
        good + good,
        [...good].reverse().join(''),
      ]);
  }
}

function placesIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...at, name]))];
}

function changed(value: unknown, [head, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (head === undefined) return change(value);
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  const name = String(head);
  const inner = changed(copy[name], rest, change);
  if (inner === undefined) delete copy[name];
  else copy[name] = inner;
  return Array.isArray(value) ? Object.values(copy) : copy;
}

function oddly(random: Random, old: unknown): unknown {
  switch (within(random, 6)) {
    case 0:
      return undefined;
    case 1:
      return oneOf(random, oddValues);
    case 2:
      return typeof old === 'object' && old !== null && !Array.isArray(old)
        ? { ...old, [oddText(random, 'field')]: oneOf(random, oddValues) }
        : [old, old];
    case 3:
      return typeof old === 'string' ? [old] : JSON.stringify(old);
    default:
      return oddText(random, typeof old === 'string' ? old : '');
  }
}

/** A good value with one to three odd changes anywhere in it. */
export function oddJson(random: Random, good: unknown): unknown {
  let value = good;
  for (let changes = 1 + within(random, 3); changes > 0; changes--)
    value = changed(value, oneOf(random, placesIn(value)), (old) => oddly(random, old));
  return value;
}

/** Bytes of a body: of an odd value mostly, else of a text that is broken as a text. */
export function oddBody(random: Random, good: unknown): Buffer {
  const text = JSON.stringify(oddJson(random, good)) ?? '';
  const cut = within(random, text.length + 1);
  switch (within(random, 12)) {
    case 0:
      return Buffer.from(text.slice(0, cut));
    case 1:
      return Buffer.concat([
        Buffer.from(text.slice(0, cut)),
        Buffer.from([0xff, 0xc0, 0x80]),
        Buffer.from(text.slice(cut)),
      ]);
    case 2:
      return Buffer.from(`\ufeff${text}`, oneOf(random, ['utf8', 'utf16le']));
    case 3:
      return Buffer.from(nested(oneOf(random, [65, 5000, 30_000]), '{"target":', '}').replace('}', '1}'));
    case 4:
      return Buffer.from(nested(oneOf(random, [65, 5000, 30_000]), '[', ']'));
    case 5:
      return Buffer.from(`{"pad":"${'x'.repeat(70_000)}"}`);
    default:
      return Buffer.from(text);
  }
}
