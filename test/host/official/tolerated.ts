/** Recorded behaviour the local host deliberately does not have, by name, with the reason. */
export interface Toleration {
  /** `conversation NAME`, `management LABEL` or `trigger N NAME`, whole or as a pattern. */
  readonly name: RegExp;
  readonly reason: string;
}

/** The whole list; an entry that matches nothing different costs nothing. */
export const tolerated: readonly Toleration[] = [
  { name: /^conversation entity$/, reason: 'entities: the app keeps its state in a ledger' },
  { name: /^conversation call-http$/, reason: 'callHttp: credentials could follow a foreign Location' },
  { name: /^conversation .*rewind/, reason: 'rewind: a failed run is started anew instead' },
  {
    name: /^management (?:sdk )?(?:rewind failed|after rewind)/,
    reason: 'rewind: a failed run is started anew instead',
  },
  { name: /^management read entity/, reason: 'entities: the app keeps its state in a ledger' },
  { name: /^management start with timeout/, reason: 'waiting inside a start: not imitated' },
  { name: /^management .*\bid\b.*(?:%|@|\\|#|\?|x{20}|ü|blank|slash|hash)/, reason: 'odd instance ids' },
  { name: /^management start id check/, reason: 'odd instance ids' },
  { name: /^trigger \d+ entity/, reason: 'entities: the app keeps its state in a ledger' },
];

/** Calls that are not made, because they would end the process that compares. */
export const notPlayed: readonly Toleration[] = [
  {
    name: /^trigger \d+ (?:rej|slowhttp)$/,
    reason: 'an unhandled rejection ends the worker: tested with the supervisor',
  },
];
