import { plainText } from '../arm/words.ts';

/** What a person must look at, by the word that follows `ALERT` in its log line: each is an alert of its own. */
export const alertCodes = [
  /** A run has not moved for an hour. */
  'stuckRun',
  /** A step ended, and nobody can tell how: a person closes its run. */
  'unknownEnding',
  /** A person has closed a run: said to everybody, since what became of it was one person's word. */
  'closedRun',
  /** A reply named a URL that may not be followed. */
  'refusedUrl',
  /** A message was given up by the queue, or lies among those given up. */
  'poisonQueue',
  /** A message that this app has not sent, or not for a step that was ordered. */
  'strangeMessage',
  /** The service finds a request of this app wrong in itself. */
  'wrongRequest',
  /** The plan is broken, out of reach, or missing where nothing else allows anything. */
  'plan',
  /** A timer has not run for longer than it may. */
  'noTick',
  /** A restore drill has left something behind. */
  'leftOver',
  /** A run has more than one job. */
  'doubled',
  /** Tokens of callers cannot be checked. */
  'keysUnreachable',
  /** A notification does not arrive. */
  'notification',
] as const;

/** See {@link alertCodes}. */
export type AlertCode = (typeof alertCodes)[number];

/** Ids and words that belong to an alert; never a URL or a token. */
export type AlertFields = Readonly<Record<string, string | number>>;

/** What takes the line: the context of an invocation. */
export interface AlertSink {
  error(line: string): void;
}

/**
 * Writes the one kind of line that the alert rules of `infra/modules/observation.bicep` look for: `ALERT <code> <text>`, at
 * level error, on one line whatever the message holds.
 */
export function writeAlert(
  sink: AlertSink,
  code: AlertCode,
  message: string,
  fields: AlertFields = {},
): void {
  const ids = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  sink.error(`ALERT ${code} ${plainText(message)}${ids}`);
}
