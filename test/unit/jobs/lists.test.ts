import { describe, expect, test } from 'vitest';
import type { ArmAnswer, ArmCall, ArmReply, Json } from '../../../src/arm/call.ts';
import { listJobs, type ListOrder } from '../../../src/jobs/listJobs.ts';
import type { ListedJob, TrackerServices } from '../../../src/jobs/trackerServices.ts';
import { listOf, says, trackedVault, trackerWorld } from '../../support/trackerWorld.ts';

const at = (time: string): Date => new Date(`2026-08-22T${time}Z`);
const idsIn = (reply: ArmReply) => (reply.body as unknown as { value: string[] }).value;
const jobNamed = (jobId: string): ListedJob => ({
  ...{ jobId, activityId: '', seen: { id: jobId, status: 'InProgress' } },
});

/** A service whose rows are bare ids; `answer` gets the span of a list, or the URL of a page. */
function desk(
  answer: (asked: { from?: string; to?: string; url?: string }) => ArmAnswer,
  { listsBySpan = true, secondsEach = 0 } = {},
) {
  const world = trackerWorld({ list: () => listOf() });
  const asked: string[] = [];
  const told = (given: { from?: string; to?: string; url?: string }): Promise<ArmAnswer> => {
    asked.push(given.url ?? `${given.from?.slice(11, 19)}–${given.to?.slice(11, 19)}`);
    world.clock.now += secondsEach * 1000;
    return Promise.resolve(answer(given));
  };
  const listCall = (_vault: string, { from, to }: ListOrder['span']): ArmCall => ({
    ...{ action: 'x/read', method: 'GET', path: `${trackedVault}/backupJobs`, apiVersion: '1' },
    query: { from: from.toISOString(), to: to.toISOString() },
  });
  const service = { listsBySpan, listCall, readRows: (reply: ArmReply) => idsIn(reply).map(jobNamed) };
  const services = {
    ...world.services,
    arm: {
      send: ({ query = {} }: ArmCall) => told(query),
      followUrl: (url: string) => told({ url }),
    },
    jobServices: { recoveryServices: service },
  } as unknown as TrackerServices;
  const list = (differs: Partial<ListOrder> = {}) =>
    listJobs(services, {
      ...{ service: 'recoveryServices', vaultId: trackedVault, wanted: () => true, keepRows: false },
      span: { from: at('01:00:00'), to: at('03:00:00'), kinds: [] },
      ...{ keptAt: undefined, ...differs },
    });
  return { list, asked, services, clock: world.clock };
}

const page = (ids: readonly string[], next?: string): ArmAnswer =>
  says(200, { value: [...ids], ...(next && { nextLink: `https://management.azure.com${next}` }) });
const many = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => `j${n + from}`);

describe('a list of jobs', () => {
  test('keeps what is wanted of all its pages, and its rows where they are asked for', async () => {
    const pages = ({ url }: { url?: string }) => (url ? page(['c']) : page(['a', 'b'], '/2'));
    const one = desk(pages);
    expect(await one.list({ wanted: ({ jobId }) => jobId !== 'b' })).toEqual({
      ...{ kind: 'read', requests: 2, jobs: [jobNamed('a'), jobNamed('c')] },
    });
    expect(one.asked).toEqual(['01:00:00–03:00:00', 'https://management.azure.com/2']);
    expect(await desk(pages).list({ keepRows: true })).toMatchObject({
      rows: {
        askedAt: at('02:00:00'),
        reply: { status: 200, headers: {}, body: { value: ['a', 'b', 'c'] } },
      },
    });
  });

  test('whose pages go in a circle, or take longer than a tick may, is tried again a minute later', async () => {
    const circle = desk(() => page(['a'], '/2'));
    expect(await circle.list()).toEqual({ kind: 'late', until: at('02:01:00'), requests: 2 });
    let pages = 0;
    const long = desk(() => page(['a'], `/${++pages}`), { secondsEach: 80 });
    expect(await long.list()).toEqual({ kind: 'late', until: at('02:05:00'), requests: 3 });
  });

  test.each<[ArmAnswer, object]>([
    [{ kind: 'notSent', reason: 'x' }, { until: at('02:01:00') }],
    [says(200, { error: 'none' }), { until: at('02:01:00'), status: 200 }],
    [says(503), { until: at('02:01:00'), status: 503, failure: { code: 'HTTP_503' } }],
    [says(429, undefined, { 'retry-after': '90' }), { until: at('02:01:30'), status: 429 }],
    [says(400, undefined, { 'retry-after': '90' }), { until: at('02:01:00'), status: 400 }],
  ])('that is answered %j is late', async (answer, late) => {
    const list = await desk(() => answer).list();
    expect(list).toMatchObject({ kind: 'late', requests: 1, ...late });
    expect('failure' in list).toBe(answer.kind === 'reply');
  });

  test('waits for its slot and sends nothing before it; the slot is kept', async () => {
    const { list, asked, services } = desk(() => page([]));
    const ticket = at('02:00:07');
    Object.assign(services.pacer, {
      reserve: () => Promise.resolve({ kind: 'wait', until: at('02:00:30'), ticket }),
    });
    expect(await list()).toEqual({ kind: 'late', until: at('02:00:30'), requests: 0, ticket });
    expect(asked).toEqual([]);
  });
});

describe('a list that was cut silently', () => {
  /** Four hundred at most of those that began in the span: two a minute from one o’clock on. */
  const cut =
    (all: readonly string[]) =>
    ({ from = '', to = '' }: { from?: string; to?: string }): ArmAnswer =>
      page(
        all
          .filter((_, n) => {
            const beganAt = at('01:00:00').getTime() + n * 6000;
            return beganAt >= Date.parse(from) && beganAt <= Date.parse(to);
          })
          .slice(0, 400),
      );

  test('is asked for in halves, up to now', async () => {
    const { list, asked } = desk(cut(many(500)));
    const read = await list({ keepRows: true });
    expect(asked).toEqual(['01:00:00–03:00:00', '01:00:00–01:30:00', '01:30:00–03:00:00']);
    const ids = read.kind === 'read' ? read.jobs.map(({ jobId }) => jobId) : [];
    expect([read.kind, read.requests, new Set(ids).size]).toEqual(['read', 3, 500]);
    const rows = read.kind === 'read' ? (read.rows?.reply.body as { value: Json[] }).value : [];
    expect(new Set(rows).size).toBe(500);
  });

  test.each([399, 401])('is none with %i rows', async (count) => {
    const { list, asked } = desk(() => page(many(count)));
    expect(await list()).toMatchObject({ kind: 'read', requests: 1 });
    expect(asked).toHaveLength(1);
  });

  test('is taken as it is where the service lists by no span, or it has pages', async () => {
    const whole = desk(() => page(many(400)), { listsBySpan: false });
    expect(await whole.list()).toMatchObject({ kind: 'read', requests: 1 });
    const paged = desk(({ url }) => (url ? page(many(200)) : page(many(200), '/2')));
    expect(await paged.list()).toMatchObject({ kind: 'read', requests: 2 });
  });

  test.each([
    [2, 3],
    [3, 3],
  ])('is late where half %i cannot be read', async (failing, requests) => {
    let lists = 0;
    const all = cut(many(500));
    const { list } = desk((span) => (++lists === failing ? says(503) : all(span)));
    expect(await list()).toMatchObject({ kind: 'late', status: 503, requests });
  });

  test('is halved twelve times at most: more jobs of one moment are not believed', async () => {
    const hour = { from: at('01:00:00'), to: at('02:00:00'), kinds: [] };
    let lists = 0;
    // All of them began in the first moment of the span.
    const first = hour.from.toISOString();
    const { list } = desk(({ from }) => (lists++, from === first ? page(many(400)) : page([])));
    expect(await list({ span: hour })).toMatchObject({ kind: 'read', requests: 25 });
    expect(lists).toBe(25);
  });
});
