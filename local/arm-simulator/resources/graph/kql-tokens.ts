/** A piece of a query: word, quoted text, number or sign. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign';
  readonly value: string;
  /** Offset in the query, for messages. */
  readonly at: number;
}

/** Thrown for a query that the service (or this subset of its language) does not understand. */
export class InvalidQuery extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidQuery';
  }
}

const patterns: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['skip', /(?:\s+|\/\/[^\n]*)/y],
  ['text', /@?'(?:[^'\\]|\\.)*'|@?"(?:[^"\\]|\\.)*"/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['word', /(?:in~|[A-Za-z_$][\w-]*)/y],
  ['sign', /==|=~|!=|!~|!(?=in\b|contains|startswith|endswith|has)|<=|>=|[|()[\],.=<>*+]/y],
];

/** Cuts a query into tokens. @throws InvalidQuery at a sign that no token begins with. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < query.length;) {
    const found = longestAt(query, at);
    if (found === undefined) throw new InvalidQuery(`Unexpected '${query[at]}' at ${at}.`);
    const [kind, text] = found;
    if (kind !== 'skip') tokens.push({ kind, value: kind === 'text' ? unquote(text) : text, at });
    at += text.length;
  }
  return tokens;
}

function longestAt(query: string, at: number): readonly [Token['kind'] | 'skip', string] | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(query)?.[0];
    if (text !== undefined) return [kind, text];
  }
  return undefined;
}

const unquote = (text: string): string =>
  text.startsWith('@') ? text.slice(2, -1) : text.slice(1, -1).replace(/\\(.)/g, '$1');
