import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One step of a recorded conversation; which fields are there depends on `do`. */
export interface Step {
  readonly do: string;
  readonly id?: string;
  readonly function?: string;
  readonly input?: unknown;
  readonly status?: string;
  readonly event?: string;
  readonly data?: unknown;
  readonly reason?: string;
  readonly ms?: number;
  readonly steps?: readonly Step[];
}

/** One orchestrator call: the parsed trigger value and the parsed answer, or the text that was thrown. */
export interface EpisodeLine {
  readonly kind: 'episode';
  readonly instanceId: string;
  readonly functionName: string;
  readonly n: number;
  readonly at?: string;
  readonly request: EpisodeRequest;
  readonly response: unknown;
  readonly threw?: boolean;
}

/** The trigger value of an orchestrator call. */
export interface EpisodeRequest {
  readonly history: readonly HistoryLine[];
  readonly [key: string]: unknown;
}

/** An event inside a trigger value. */
export interface HistoryLine {
  readonly EventType: number;
  readonly EventId: number;
  readonly IsPlayed: boolean;
  readonly [key: string]: unknown;
}

/** One activity call; the response is null when the process was killed. */
export interface ActivityLine {
  readonly kind: 'activity';
  readonly instanceId: string;
  readonly functionName: string;
  readonly request: {
    readonly inputData: readonly unknown[];
    readonly triggerMetadata: Record<string, unknown>;
  };
  readonly response: Record<string, unknown> | null;
}

/** What the management API said of an instance at the end. */
export interface OutcomeLine {
  readonly kind: 'outcome';
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly output?: unknown;
  readonly customStatus?: unknown;
  readonly name: string;
}

/** A recorded conversation. */
export interface Conversation {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly instances: readonly string[];
  readonly episodes: readonly EpisodeLine[];
  readonly activities: readonly ActivityLine[];
  readonly outcomes: readonly OutcomeLine[];
}

/** An HTTP exchange. */
export interface Exchange {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly requestBody: string | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact text; null when it was not recorded. */
  readonly body: string | null;
  readonly partial?: boolean;
}

/** One trigger call; `functionName` is null when the host answered alone. */
export interface TriggerLine {
  readonly trigger: string;
  readonly functionName: string | null;
  readonly request: {
    readonly inputData: readonly { readonly name: string; readonly data: Record<string, unknown> }[];
    readonly triggerMetadata: Record<string, unknown>;
  } | null;
  readonly response: Record<string, unknown> | null;
  readonly caller: Exchange | null;
  readonly note?: string;
}

function readLines(file: string): unknown[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** Every conversation of a folder, in order of name. */
export function readConversations(folder: string): readonly Conversation[] {
  const place = join(folder, 'conversations');
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((file) => toConversation(file.replace('.jsonl', ''), readLines(join(place, file))));
}

function toConversation(name: string, lines: readonly unknown[]): Conversation {
  const all = lines as {
    readonly kind: string;
    readonly steps?: readonly Step[];
    readonly instances?: readonly string[];
  }[];
  const head = all.find((line) => line.kind === 'steps');
  const of = <T>(kind: string): readonly T[] =>
    all.filter((line) => line.kind === kind) as unknown as readonly T[];
  return {
    name,
    steps: head?.steps ?? [],
    instances: head?.instances ?? [],
    episodes: of<EpisodeLine>('episode'),
    activities: of<ActivityLine>('activity'),
    outcomes: of<OutcomeLine>('outcome'),
  };
}

/** The recorded management exchanges, in order. */
export const readManagement = (folder: string): readonly Exchange[] =>
  readLines(join(folder, 'management.jsonl')) as readonly Exchange[];

/** The recorded trigger calls, in order. */
export const readTriggers = (folder: string): readonly TriggerLine[] =>
  readLines(join(folder, 'triggers.jsonl')) as readonly TriggerLine[];
