import type { FailureClass } from '../src/arm/call.ts';
import { codeFamilies, knownCodes, type CodeMeaning } from '../src/arm/outcomeTable.ts';

/** What the app does with each class, in the words of the one who reads a run record. */
const classes: Readonly<Record<FailureClass, string>> = {
  transient: 'asked again, later each time; a backup only after the job list shows that none was started',
  adopt: 'what runs or exists already is found and followed, else waited for',
  hours: 'parked until the limit is counted anew; nothing is asked meanwhile',
  permission: 'waited for up to 40 minutes after a grant, else told with role, scope and principal',
  user: 'ends the run with code, message and advice: a person has to act',
  ours: 'ends the run and raises an alarm: the request itself was wrong',
  done: 'counts as done',
};

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const classOf = (meaning: CodeMeaning): string =>
  meaning.onDelete ? `${meaning.class} (${meaning.onDelete} when deleting)` : meaning.class;

const byClass = (one: CodeMeaning, other: CodeMeaning): number =>
  Object.keys(classes).indexOf(one.class) - Object.keys(classes).indexOf(other.class);

function codeRows(): (readonly string[])[] {
  return [...knownCodes.entries()]
    .sort(([, one], [, other]) => byClass(one, other))
    .map(([code, meaning]) => [`\`${meaning.code ?? code}\``, classOf(meaning), meaning.advice ?? '']);
}

const familyRows = (): (readonly string[])[] =>
  codeFamilies.map(({ code, message, meaning }) => [
    `\`${code.source.replaceAll('|', '\\|')}\`${message ? ` with a message like \`${message.source}\`` : ''}`,
    classOf(meaning),
    meaning.advice ?? '',
  ]);

/** The page `docs/outcomes.md`: every error code the app knows, its class, and the words added to the service's own. */
export function outcomesPage(): string {
  return `# Outcomes

What a failure of Azure Backup asks of the app. The service's code and message are always passed on as they came; the
words below are added. Generated from \`src/arm/outcomeTable.ts\` by \`npm run generate\`.

## Classes

${table(
  ['class', 'what happens'],
  Object.entries(classes).map(([name, words]) => [name, words]),
)}

## Codes

Compared without case.

${table(['code', 'class', 'words'], codeRows())}

## Families

Asked for codes that are not in the table above; the first that matches counts.

${table(['code', 'class', 'words'], familyRows())}

## Codes that nobody knows

Passed on as they came. 408, 425, 429 and 5xx are transient, 401 too, with a new token; 403 is permission; 409 and 412
are adopt; every other 4xx and every failed operation or job is user.
`;
}
