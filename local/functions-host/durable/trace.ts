import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { TraceSink } from './engine.ts';

/** What happened in a run, one line each: virtual time, sequence number, component, event, subject. */
export interface Trace {
  readonly write: TraceSink;
  lines(): readonly string[];
  /** The same for two runs that did the same; generated ids count by their first appearance only. */
  hash(): string;
}

const GENERATED_ID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;

/** An empty trace. */
export function createTrace(clock: Clock): Trace {
  const lines: string[] = [];
  return {
    write: (component, event, subject) =>
      void lines.push(`${clock.now()} ${lines.length} ${component} ${event} ${subject}`),
    lines: () => lines,
    hash: () =>
      createHash('sha256')
        .update(numberIds(lines.join('\n')))
        .digest('hex'),
  };
}

function numberIds(text: string): string {
  const numbers = new Map<string, number>();
  return text.replaceAll(GENERATED_ID, (id) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `#${number}`;
  });
}
