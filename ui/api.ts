import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answers } from './apiTypes.ts';

/** What the app, or the way to it, said instead of an answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly { readonly message: string; readonly target?: string }[];
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, error: Partial<Answers['Error']['error']>, retryAfterSeconds?: number) {
    super(error.message ?? `The app answered ${status}.`);
    this.status = status;
    this.code = error.code ?? `HTTP ${status}`;
    this.details = error.details ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

let tokenOf: () => Promise<string | undefined> = () => Promise.resolve(undefined);

/** Names where the bearer token of every request comes from. */
export const useTokensOf = (source: typeof tokenOf): void => void (tokenOf = source);

/** One request; a POST when there is a body. */
export interface Ask {
  readonly body?: unknown;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

const longestMs = 60_000;

async function refusalOf(response: Response): Promise<Refusal> {
  const { error } = ((await response.json().catch(() => undefined)) ?? {}) as Partial<Answers['Error']>;
  const seconds = Number(response.headers.get('retry-after'));
  return new Refusal(response.status, error ?? {}, seconds > 0 ? seconds : undefined);
}

async function send(path: string, { body, key, signal }: Ask): Promise<Response> {
  const token = await tokenOf();
  const timeout = AbortSignal.timeout(longestMs);
  return fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Asks the app. @throws Refusal for every answer that is not a success, and where there is none. */
export async function ask<T>(path: string, request: Ask = {}): Promise<T> {
  let response: Response;
  try {
    response = await send(path, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    const slow = error instanceof DOMException && error.name === 'TimeoutError';
    const message = slow ? 'The app did not answer within a minute.' : 'The app cannot be reached.';
    throw new Refusal(0, { code: slow ? 'NoAnswer' : 'Unreachable', message });
  }
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as T;
}

/** What is known of an answer that is asked for again and again. */
export interface Live<T> {
  /** The last good answer, kept while the app is out of reach. */
  readonly data?: T;
  readonly readAt?: number;
  readonly problem?: Refusal;
  readonly isReading: boolean;
  readonly nextAt?: number;
}

/** How often to ask: `everySeconds` at first, doubled while nothing changes, at most `mostSeconds`; without it once. */
export interface Pace<T> {
  readonly everySeconds?: number;
  readonly mostSeconds?: number;
  readonly paused?: boolean;
  /** Whether there will be nothing new. */
  readonly isFinal?: (data: T) => boolean;
}

/** Seconds until the next look after so many failures or looks without news. */
export const backOffSeconds = (everySeconds: number, times: number, mostSeconds = 60): number =>
  Math.min(mostSeconds, everySeconds * 2 ** times);

/** Follows one answer while its component is shown and the tab is seen; `again` asks at once. */
export function useLive<T>(
  path: string | undefined,
  pace: Pace<T> = {},
): readonly [Live<T>, again: () => void] {
  const [live, setLive] = useState<Live<T> & { path?: string }>({ isReading: true });
  const [asked, setAsked] = useState(0);
  const quiet = useRef({ times: 0, failures: 0, text: '' });
  const { everySeconds, mostSeconds = 60, paused = false, isFinal } = pace;

  useEffect(() => {
    if (path === undefined || paused) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const plan = (seconds: number): number => {
      timer = setTimeout(() => (document.hidden ? waitToBeSeen() : void look()), seconds * 1000);
      return Date.now() + seconds * 1000;
    };
    const waitToBeSeen = (): void =>
      document.addEventListener('visibilitychange', () => void look(), { once: true, signal: abort.signal });

    const takeAnswer = (data: T): void => {
      const text = JSON.stringify(data);
      const known = quiet.current;
      quiet.current = { times: text === known.text ? known.times + 1 : 0, failures: 0, text };
      const goesOn = everySeconds !== undefined && !isFinal?.(data);
      const nextAt = goesOn && plan(backOffSeconds(everySeconds, quiet.current.times, mostSeconds));
      setLive({ path, data, readAt: Date.now(), isReading: false, ...(nextAt ? { nextAt } : {}) });
    };
    const takeProblem = (error: unknown): void => {
      if (abort.signal.aborted) return;
      const problem =
        error instanceof Refusal ? error : new Refusal(0, { code: 'PageFailed', message: String(error) });
      const mayPass = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      const seconds = problem.retryAfterSeconds ?? backOffSeconds(2, quiet.current.failures++);
      const nextAt = mayPass ? plan(seconds) : undefined;
      setLive(({ nextAt: _, ...before }) => ({
        ...(before.path === path ? before : {}),
        ...{ path, problem, isReading: false },
        ...(nextAt ? { nextAt } : {}),
      }));
    };
    async function look(): Promise<void> {
      setLive((before) =>
        before.path === path ? { ...before, isReading: true } : { path: path!, isReading: true },
      );
      await ask<T>(path!, { signal: abort.signal }).then(takeAnswer).catch(takeProblem);
    }
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, paused, asked, everySeconds]);

  const shown: Live<T> = live.path === path ? live : { isReading: path !== undefined };
  return [
    shown,
    () => {
      quiet.current = { times: 0, failures: 0, text: '' };
      setAsked((count) => count + 1);
    },
  ];
}
