import { setTimeout as pause } from 'node:timers/promises';

/** What all callers have met. */
export interface Met {
  /** Milliseconds of answers below 500, by what was asked. */
  readonly latencies: Record<'accept' | 'read', number[]>;
  /** Answers of 500 and above, and calls without an answer: while something was away, and otherwise. */
  readonly refused: { disturbed: number; undisturbed: number };
  readonly lastRefusals: string[];
}

/** Nothing yet. */
export const nothingMet = (): Met => ({
  latencies: { accept: [], read: [] },
  refused: { disturbed: 0, undisturbed: 0 },
  lastRefusals: [],
});

/** The record of a run, as far as callers look at it. */
export interface RunSeen {
  readonly id: string;
  readonly status: string;
  readonly endedAt?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Calls the app as a patient caller does: what failed is asked again, under the same key. */
export class Caller {
  readonly #app: string;
  readonly #met: Met;
  readonly #isDisturbed: () => boolean;

  constructor(app: string, met: Met, isDisturbed: () => boolean) {
    this.#app = app;
    this.#met = met;
    this.#isDisturbed = isDisturbed;
  }

  async #once(kind: 'accept' | 'read', path: string, init: RequestInit): Promise<RunSeen | undefined> {
    const begun = Date.now();
    const wasDisturbed = this.#isDisturbed();
    const answer = await fetch(`${this.#app}${path}`, { ...init, signal: AbortSignal.timeout(60_000) }).catch(
      (error: unknown) => String(error),
    );
    const text = typeof answer === 'string' ? answer : await answer.text().catch(String);
    const status = typeof answer === 'string' ? 599 : answer.status;
    if (status < 500) {
      this.#met.latencies[kind].push(Date.now() - begun);
      if (status >= 300) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
      return JSON.parse(text) as RunSeen;
    }
    const isDisturbed = wasDisturbed || this.#isDisturbed();
    this.#met.refused[isDisturbed ? 'disturbed' : 'undisturbed'] += 1;
    if (!isDisturbed) this.#met.lastRefusals.push(`${path}: ${status} ${text.slice(0, 200)}`);
    return undefined;
  }

  async #insist(
    kind: 'accept' | 'read',
    path: string,
    init: RequestInit,
    until: number,
  ): Promise<RunSeen | undefined> {
    while (Date.now() < until) {
      const seen = await this.#once(kind, path, init);
      if (seen) return seen;
      await pause(1000 + Math.random() * 1000);
    }
    return undefined;
  }

  /** Has a backup accepted. */
  accept(target: object, key: string, until: number): Promise<RunSeen | undefined> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return this.#insist(
      'accept',
      '/api/backups',
      { method: 'POST', headers, body: JSON.stringify({ target }) },
      until,
    );
  }

  /** Looks at a run every fifteen seconds or so until it has ended; the last look when the time is over. */
  async ending(runId: string, until: number): Promise<RunSeen | undefined> {
    let seen: RunSeen | undefined;
    while (Date.now() < until) {
      await pause(12_000 + Math.random() * 6000);
      seen = (await this.#insist('read', `/api/runs/${runId}`, {}, until)) ?? seen;
      if (seen?.endedAt !== undefined) return seen;
    }
    return seen;
  }
}
