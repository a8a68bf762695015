import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { onFirstUse } from '../libraries/onFirstUse.ts';
import {
  keepToken,
  parseBody,
  readBodyText,
  readTransportError,
  type AccessToken,
  type TokenSource,
} from './transport.ts';
import type { ArmAnswer, ArmCall, ArmClient, Json, SendOptions } from './call.ts';
import { plainText } from './words.ts';
import { checkUrl, requestUrl } from './urlGate.ts';

/** What the client is made of. */
export interface ArmClientOptions {
  /** ARM's origin, https: `https://management.azure.com`. A path or a slash at the end is dropped. */
  readonly endpoint: string;
  readonly credential: TokenSource;
  /** Scope of the token: `https://management.azure.com/.default`. */
  readonly scope: string;
  readonly clock: () => Date;
  /** PEM of the authority to trust in place of the usual ones; local environment only. */
  readonly ca?: string;
  /** Takes the place of the network: tests, and a simulator in the same process. */
  readonly httpClient?: HttpClient;
  /** Calls back once after milliseconds and returns how to cancel that; `setTimeout` unless a virtual clock is used. */
  readonly after?: (milliseconds: number, callBack: () => void) => () => void;
  /** Longest reply that is read, in bytes; 1 MiB. */
  readonly mostReplyBytes?: number;
}

/** One request as it goes over the wire; its URL has been checked. */
interface Exchange {
  readonly method: ArmCall['method'];
  readonly url: string;
  readonly body?: Json | undefined;
  readonly ifMatch?: string | undefined;
}

const afterTimeout = (milliseconds: number, callBack: () => void): (() => void) => {
  const timer = setTimeout(callBack, milliseconds);
  return () => clearTimeout(timer);
};

/**
 * The client of Azure Resource Manager: one request per call, no retry, no redirect, nothing decompressed.
 *
 * How an exchange ended comes back as a value; only a URL that must not be used throws (`UrlRefused`).
 * The token goes to the configured origin alone, and only after the URL was checked.
 * A 401 is answered once with a fresh token, under the same request id: a refused request had no effect.
 */
export function createArmClient(options: ArmClientOptions): ArmClient {
  const endpoint = httpsOrigin(options.endpoint);
  const token = keepToken(options.credential, options.scope);
  const wire = onFirstUse(() => createWire(options));
  const exchange = (request: Exchange, send: SendOptions) =>
    exchangeUntil(request, send, { options, token, wire });
  return {
    send: async (call, send) => {
      const { method, body, ifMatch } = call;
      return exchange({ method, url: requestUrl(call, endpoint), body, ifMatch }, send);
    },
    followUrl: async (url, origin, send) =>
      exchange({ method: 'GET', url: checkUrl(url, origin, endpoint) }, send),
  };
}

function httpsOrigin(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.protocol !== 'https:') throw new Error(`the ARM endpoint must be https, not ${url.protocol}`);
  return url.origin;
}

/** Sends one request with a token and gives what came back. Throws what the transport throws. */
type Wire = (
  request: Exchange,
  authorization: string,
  id: string,
  signal: AbortSignal,
) => Promise<PipelineResponse>;

// A service's two signed poll URLs take up to 7.6 KB of headers; Node's own limit is 16 KB.
const requestOverrides = { maxHeaderSize: 65_536 };
const everyStatus = new Set([Number.POSITIVE_INFINITY]);

async function createWire({ httpClient, ca }: ArmClientOptions): Promise<Wire> {
  const library = await import('../libraries/restPipeline.ts');
  const pipeline = library.createEmptyPipeline();
  const client = httpClient ?? library.createDefaultHttpClient();
  // Idle connections go after a minute, before a gateway drops them under a request.
  const agent = httpClient
    ? undefined
    : new library.Agent({ keepAlive: true, timeout: 60_000, ...(ca && { ca }) });
  return (request, authorization, id, signal) =>
    pipeline.sendRequest(
      client,
      library.createPipelineRequest({
        url: request.url,
        method: request.method,
        requestId: id,
        headers: library.createHttpHeaders({
          Accept: 'application/json',
          'Accept-Encoding': 'identity',
          Authorization: authorization,
          'User-Agent': 'azure-backup-automation',
          'x-ms-client-request-id': id,
          'x-ms-return-client-request-id': 'true',
          ...(request.body !== undefined && { 'Content-Type': 'application/json' }),
          ...(request.ifMatch !== undefined && { 'If-Match': request.ifMatch }),
        }),
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        abortSignal: signal,
        streamResponseStatusCodes: everyStatus,
        // The request's own `agent` is dropped when it is made (core-rest-pipeline 1.25).
        requestOverrides: { ...requestOverrides, ...(agent && { agent }) },
      }),
    );
}

interface Means {
  readonly options: ArmClientOptions;
  readonly token: AccessToken;
  /** Made with the first request: the library behind it takes time to load. */
  readonly wire: () => Promise<Wire>;
}

/** How far an exchange has come: only until `sent` is its end known to have had no effect. */
interface Progress {
  sent: boolean;
}

/** One exchange that ends at its deadline, whatever credential and transport do. */
async function exchangeUntil(request: Exchange, send: SendOptions, means: Means): Promise<ArmAnswer> {
  const { clock, after = afterTimeout } = means.options;
  const milliseconds = send.deadlineAt.getTime() - clock().getTime();
  if (milliseconds <= 0) return { kind: 'notSent', reason: 'the deadline had passed' };
  const progress: Progress = { sent: false };
  const abort = new AbortController();
  let cancel = (): void => undefined;
  const late = new Promise<ArmAnswer>((resolve) => {
    cancel = after(milliseconds, () => {
      resolve({ kind: progress.sent ? 'doubtful' : 'notSent', reason: `no reply within ${milliseconds} ms` });
      abort.abort();
    });
  });
  try {
    return await Promise.race([late, exchangeWithToken(request, send, means, progress, abort.signal)]);
  } finally {
    cancel();
  }
}

async function exchangeWithToken(
  request: Exchange,
  { clientRequestId }: SendOptions,
  { options, token, wire }: Means,
  progress: Progress,
  signal: AbortSignal,
): Promise<ArmAnswer> {
  const opened = await open(wire);
  if (typeof opened !== 'function') return opened;
  const attempt = async (authorization: string): Promise<ArmAnswer> => {
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed' };
    progress.sent = true;
    return readAnswer(() => opened(request, authorization, clientRequestId, signal), options.mostReplyBytes);
  };
  const first = await authorize(token, options.clock(), signal);
  if (typeof first !== 'string') return first;
  const answer = await attempt(first);
  if (answer.kind !== 'reply' || answer.reply.status !== 401) return answer;
  progress.sent = false;
  token.forget(first);
  const second = await authorize(token, options.clock(), signal);
  return typeof second === 'string' ? attempt(second) : answer;
}

const said = (error: unknown): string =>
  plainText(error instanceof Error ? error.message : String(error), 300);

async function open(wire: () => Promise<Wire>): Promise<Wire | ArmAnswer> {
  try {
    return await wire();
  } catch (error) {
    return { kind: 'notSent', reason: `no transport: ${said(error)}` };
  }
}

async function authorize(token: AccessToken, now: Date, signal: AbortSignal): Promise<string | ArmAnswer> {
  try {
    return await token.header(now, signal);
  } catch (error) {
    return { kind: 'notSent', reason: `no token: ${said(error)}` };
  }
}

const oneMebibyte = 1_048_576;

async function readAnswer(
  sendRequest: () => Promise<PipelineResponse>,
  mostReplyBytes = oneMebibyte,
): Promise<ArmAnswer> {
  try {
    const response = await sendRequest();
    const read = await readBodyText(response, mostReplyBytes);
    const parsed = read.kind === 'text' ? parseBody(read.text) : read;
    const { status } = response;
    const headers = response.headers.toJSON();
    if (parsed.kind === 'json') return { kind: 'reply', reply: { status, headers, body: parsed.body } };
    // A refusal is one whatever its page looks like; a success that cannot be read may be anything.
    if (status >= 300) return { kind: 'reply', reply: { status, headers, body: undefined } };
    const what = parsed.kind === 'tooLong' ? `longer than ${mostReplyBytes} bytes` : 'not JSON';
    return { kind: 'doubtful', reason: `the reply (HTTP ${status}) is ${what}` };
  } catch (error) {
    return readTransportError(error);
  }
}
