// Serves the built page, and answers for the app in its own shapes: an estate of any size, troubles on demand.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Answers } from '../../ui/apiTypes.ts';
import { bundlePage } from '../../scripts/bundlePage.ts';
import { answerOfPage, type Page } from '../../src/http/page.ts';
import { brokenPlan, seedPlan } from './planSeed.ts';
import * as seed from './seed.ts';

/** What a test changes about the app; everything is optional. */
export interface Trouble {
  /** Every request of the API is answered so. */
  readonly refuse?: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly retryAfter?: number;
  };
  readonly delayMs?: number;
  readonly isPlanBroken?: boolean;
  readonly isEmpty?: boolean;
  readonly isIncomplete?: boolean;
  /** Vaults are told in a shape that the page does not know. */
  readonly isStrange?: boolean;
}

/** The app as a browser meets it. */
export interface AnswerLayer {
  readonly origin: string;
  /** Method and path of every request of the API, in order. */
  readonly asked: string[];
  readonly posted: { readonly path: string; readonly key: string | undefined; readonly body: unknown }[];
  trouble: Trouble;
  /** The run that goes on: how far its job is, in per cent; 100 ends it. */
  progress: number;
  close(): Promise<void>;
}

type Run = Answers['Run'];

/** The run that a test follows. */
export const followedRun = seed.runId(1);

const listed = ({
  steps: _steps,
  operation: _operation,
  failures: _failures,
  report: _report,
  ...run
}: Run) => run;

const emptySummary = {
  ...{ counts: {}, total: 0, selected: 0, complete: false },
  incompleteReasons: ['The estate has not been read yet.'],
};

async function buildPage(config: Page['config']): Promise<Page> {
  const { files } = await bundlePage();
  const named = files.map(({ name, contents }) => {
    const plain = Buffer.from(contents);
    return [name, { plain, compressed: gzipSync(plain) }] as const;
  });
  return { files: new Map(named), config };
}

/** Starts it on a free port. @param size resources of the estate */
export async function startAnswerLayer(size: number, config: Page['config'] = {}): Promise<AnswerLayer> {
  const begun = Date.now();
  const page = await buildPage(config);
  const rows = seed.seedRows(size, begun);
  const summary = seed.summaryOf(rows, begun);
  const minute = 60_000;
  const posted: AnswerLayer['posted'] = [];

  const followed = (): Run =>
    layer.progress >= 100
      ? { ...seed.completedRun(1, begun - 20 * minute), endedAt: new Date().toISOString() }
      : seed.runningRun(1, begun - 20 * minute, layer.progress);
  const runs = (): readonly Run[] => [
    followed(),
    seed.parkedRun(2, begun - 25 * minute),
    seed.failedRun(3, begun - 90 * minute),
    seed.drillRun(4, begun - 95 * minute),
    ...seed.batchRuns(10, begun - 8 * 60 * minute),
    ...Array.from({ length: 30 }, (_, at) => seed.completedRun(40 + at, begun - (24 + at) * 60 * minute)),
    { ...seed.failedRun(90, begun - 60 * 60 * minute), status: 'unknown' as const },
  ];
  const dryRun: Run = {
    ...seed.completedRun(200, begun),
    ...{ kind: 'dryRun', steps: [] },
    result: {
      wouldSend: {
        protectedItemId: 'i;docs',
        expiresAt: new Date(begun + 30 * 24 * 60 * minute).toISOString(),
      },
    },
  };

  function coverage(query: URLSearchParams): unknown {
    if (layer.trouble.isEmpty) return { value: [], summary: emptySummary };
    const top = Number(query.get('top') ?? 100);
    const from = Number(query.get('continuation') ?? 0);
    const next =
      from + top < rows.length
        ? { nextLink: `http://elsewhere/api/coverage?top=${top}&continuation=${from + top}` }
        : {};
    const reasons = layer.trouble.isIncomplete
      ? ['The identity may not read subscription 33333333-3333-4333-8333-333333333333.']
      : [];
    return {
      value: rows.slice(from, from + top),
      summary: { ...summary, complete: reasons.length === 0, incompleteReasons: reasons },
      ...next,
    };
  }
  function listRuns(query: URLSearchParams): unknown {
    if (layer.trouble.isEmpty) return { value: [] };
    const has = (name: string, value: string | undefined): boolean =>
      !query.has(name) || query.get(name) === value;
    const waits = (run: Run): string | undefined =>
      run.status !== 'running' ? undefined : run.id === seed.runId(2) ? 'limit' : 'service';
    const value = runs().filter(
      (run) =>
        has('status', run.status) &&
        has('kind', run.kind) &&
        has('batch', run.batch) &&
        has('waiting', waits(run)),
    );
    return { value: value.slice(0, Number(query.get('top') ?? 50)).map(listed) };
  }
  function answerApi(
    method: string,
    path: string,
    query: URLSearchParams,
    body: unknown,
  ): readonly [number, unknown] {
    const [, , area, id = '', act] = path.split('/');
    if (method === 'POST' && area === 'backups') {
      const isDry = (body as { dryRun?: boolean }).dryRun;
      return [202, isDry ? { ...dryRun, status: 'accepted' } : followed()];
    }
    if (method === 'POST' && act) return [202, followed()];
    switch (`${area}/${id && area === 'coverage' ? id : ''}`) {
      case 'coverage/':
        return [200, coverage(query)];
      case 'coverage/resource': {
        const row = rows.find((one) => one.id === query.get('id'));
        if (!row)
          return [
            404,
            { error: { code: 'ResourceNotSeen', message: 'No read of the estate has seen this resource.' } },
          ];
        return [200, { resource: row, history: seed.seedChanges(row, begun) }];
      }
      case 'coverage/history':
        return [200, seed.seedHistory(layer.trouble.isEmpty ? [] : rows, begun)];
      case 'vaults/':
        if (layer.trouble.isStrange) return [200, { value: [{ id: 'v' }] }];
        return [200, layer.trouble.isEmpty ? { value: [] } : seed.seedVaults(begun)];
      case 'plan/':
        if (layer.trouble.isEmpty)
          return [
            200,
            {
              ...seedPlan(begun),
              standing: 'empty',
              inForce: { safety: { subscriptions: [], vaults: [] } },
              ...{ occurrences: {}, drillOccurrences: {} },
              rules: [],
              ...{ skipped: [], orphans: [], notEligible: [], protectedOutsidePlan: [] },
            },
          ];
        return [200, layer.trouble.isPlanBroken ? brokenPlan(begun) : seedPlan(begun)];
      case 'runs/': {
        if (!id) return [200, listRuns(query)];
        const run = id === dryRun.id ? dryRun : runs().find((one) => one.id === id);
        return run
          ? [200, run]
          : [404, { error: { code: 'RunNotFound', message: 'There is no run with this id.' } }];
      }
      default:
        return [404, { error: { code: 'NotFound', message: 'There is nothing at this path.' } }];
    }
  }
  async function bodyOf(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
  }
  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await bodyOf(request);
    layer.asked.push(`${request.method} ${url.pathname}${url.search}`);
    if (request.method === 'POST')
      posted.push({
        path: url.pathname,
        key: request.headers['idempotency-key'] as string | undefined,
        body,
      });
    const { refuse, delayMs = 0 } = layer.trouble;
    const send = (): void => {
      const [status, answer] = refuse
        ? ([refuse.status, { error: { code: refuse.code, message: refuse.message } }] as const)
        : answerApi(request.method ?? 'GET', url.pathname, url.searchParams, body);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(refuse?.retryAfter ? { 'retry-after': String(refuse.retryAfter) } : {}),
      });
      response.end(JSON.stringify(answer));
    };
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/')) return void serveApi(request, response, url);
    const { status, headers, body, jsonBody } = answerOfPage(
      page,
      url.pathname.slice(1),
      request.headers['accept-encoding']?.toString() ?? '',
    );
    const isJson = jsonBody !== undefined;
    response.writeHead(status ?? 200, {
      ...(headers as Record<string, string>),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
    });
    response.end(isJson ? JSON.stringify(jsonBody) : (body as Buffer | undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const layer: AnswerLayer = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    asked: [],
    posted,
    trouble: {},
    progress: 40,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return layer;
}
