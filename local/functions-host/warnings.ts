/** Number of a warning; the meaning of each is told in `docs/warnings.md`. */
export type WarningCode = `H${'0' | '1' | '2'}${number}` | 'H30';

/** Where each code is explained. */
const warningsPage = 'docs/warnings.md';

/** Something that works on this machine and would not on Azure. */
export interface Warning {
  readonly code: WarningCode;
  /** What it is about: a function, an instance, a setting. */
  readonly subject: string;
  readonly text: string;
}

/** The warnings of one run. */
export interface Warnings {
  /** Records and prints a warning, once per code and subject. */
  warn(code: WarningCode, subject: string, text: string): void;
  /** Every distinct warning so far, oldest first. */
  list(): readonly Warning[];
}

/** What a run does with its warnings; `fail` is called for each one of a strict run. */
export interface WarningsOptions {
  readonly print?: (line: string) => void;
  readonly fail?: (warning: Warning) => void;
}

/** An empty collection of warnings. */
export function createWarnings({ print, fail }: WarningsOptions = {}): Warnings {
  const seen = new Map<string, Warning>();
  return {
    warn(code, subject, text) {
      const key = `${code} ${subject}`;
      if (seen.has(key)) return;
      const warning = { code, subject, text };
      seen.set(key, warning);
      print?.(`warning ${code} ${subject}: ${text} (${warningsPage}#${code.toLowerCase()})`);
      fail?.(warning);
    },
    list: () => [...seen.values()],
  };
}
