import type { LogLevel } from './programmingModel.ts';

/** One line of the host's or the app's log, redacted by the app's own hooks already. */
export interface LogLine {
  readonly level: LogLevel;
  /** `user`, `system` or `customMetric` from the app, else the host's own component. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

/** Takes log lines; must not throw. */
export type HostLog = (line: LogLine) => void;
