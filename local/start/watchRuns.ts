import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../../src/runs/run.ts';
import { readJson } from '../appClient.ts';
import { endingWords, narrate, runWords } from '../telling/narration.ts';
import type { Screen } from '../telling/screen.ts';

const lookEveryMilliseconds = 1000;
const mostToldInFull = 5;

/** A call to the app that carries whatever lets it in. */
export type AppRead = <T>(path: string) => Promise<T>;

/** Reads the app. @param token makes the token that lets a caller in; absent where everybody may call. */
export const appReader =
  (app: string, token?: () => Promise<string>): AppRead =>
  async <T>(path: string) =>
    readJson<T>(`${app}${path}`, token ? { headers: { authorization: `Bearer ${await token()}` } } : {});

type Page = { readonly value: readonly RunRecord[] };

const newest = async (read: AppRead): Promise<readonly RunRecord[]> =>
  [...(await read<Page>('/api/runs?top=50')).value].reverse();

/** Tells every run of the app as it happens; children of a batch are told by their endings alone. */
export class RunWatch {
  readonly #read: AppRead;
  readonly #screen: Screen;
  readonly #ended = new Set<string>();
  readonly #open = new Map<string, (record: RunRecord) => void>();
  #stopped = false;

  constructor(read: AppRead, screen: Screen) {
    this.#read = read;
    this.#screen = screen;
  }

  /** Looks every second until it is stopped; what had ended before the first look is not told. */
  async follow(): Promise<void> {
    for (const { id, endedAt } of await newest(this.#read)) if (endedAt !== undefined) this.#ended.add(id);
    while (!this.#stopped) {
      // The app's worker may be between two lives: the next look tells what this one missed.
      await this.#look().catch(() => undefined);
      await pause(lookEveryMilliseconds);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #look(): Promise<void> {
    for (const listed of await newest(this.#read)) {
      if (this.#ended.has(listed.id)) continue;
      if (listed.batch === undefined) await this.#tell(listed);
      if (listed.endedAt !== undefined) await this.#end(listed);
    }
  }

  async #tell({ id }: RunRecord): Promise<void> {
    if (!this.#open.has(id) && this.#open.size >= mostToldInFull) return;
    const record = await this.#read<RunRecord>(`/api/runs/${id}`);
    const say = this.#open.get(id) ?? this.#begin(record);
    say(record);
  }

  #begin(record: RunRecord): (record: RunRecord) => void {
    const { id, requestedBy } = record;
    this.#screen.line(`${runWords(record)} (run ${id.slice(0, 8)}, by ${requestedBy.source})`);
    const say = narrate(this.#screen, `  ${id.slice(0, 8)} `);
    this.#open.set(id, say);
    return say;
  }

  async #end({ id }: RunRecord): Promise<void> {
    const record = await this.#read<RunRecord>(`/api/runs/${id}`);
    this.#ended.add(id);
    this.#open.delete(id);
    const good = record.status === 'completed' || record.status === 'skipped';
    this.#screen.verdict(good, `${runWords(record)}: ${endingWords(record)}`);
  }
}
