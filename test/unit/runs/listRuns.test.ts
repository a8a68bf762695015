import { beforeAll, describe, expect, test } from 'vitest';
import { acceptRun, recordStarted } from '../../../src/runs/acceptRun.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import { listRuns } from '../../../src/runs/listRuns.ts';
import type { RunFilter } from '../../../src/runs/runIndex.ts';
import type { StepSummary } from '../../../src/steps/step.ts';
import { runDesk } from '../../support/runDesk.ts';

const vaultId =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v';
const itemId = (item: number) => `${vaultId}/items/item-${item}`;
const desk = runDesk();
const { services, runs } = desk;

/** 2,000 runs a minute apart: every tenth a validation, every fourth has begun, every eighth has failed. */
beforeAll(async () => {
  for (let number = 0; number < 2000; number++) {
    const target = { id: itemId(number % 100) };
    const request =
      number % 10 === 0
        ? ({ kind: 'validate', target, policyId: `${vaultId}/backupPolicies/p` } as const)
        : ({ kind: 'backUp', target } as const);
    const part = number % 500 === 0 ? { batch: 'nightly', item: String(number) } : undefined;
    const { run } = await acceptRun(services, request, { source: 'schedule', key: String(number) }, part);
    if (number % 4 === 0) await recordStarted(services, { runId: run.id, generation: 1 });
    const ending = { status: 'failed', warnings: [] } as const;
    if (number % 8 === 0) await finishRun(services, { runId: run.id, generation: 1, ending });
    desk.pass(1);
  }
});

async function everyPage(filter: RunFilter, top: number) {
  const found: { readonly createdAt: string }[] = [];
  let continuation: string | undefined;
  do {
    const page = await listRuns(services, filter, { top, ...(continuation ? { continuation } : {}) });
    found.push(...page.runs);
    continuation = page.continuation;
  } while (continuation);
  return found;
}

describe('lists of 2,000 runs', () => {
  test('are newest first, and every run comes once', async () => {
    const times = (await everyPage({}, 100)).map(({ createdAt }) => createdAt);
    expect(times).toHaveLength(2000);
    expect(times).toEqual([...new Set(times)].sort().reverse());
  });

  test.each([
    ['status', { status: 'failed' }, 250],
    ['another status', { status: 'running' }, 250],
    ['kind', { kind: 'validate' }, 200],
    ['status and kind', { status: 'accepted', kind: 'validate' }, 100],
    ['target, in any case', { target: itemId(7).toUpperCase() }, 20],
    ['target and status', { target: itemId(4), status: 'running' }, 10],
    ['batch', { batch: 'nightly' }, 4],
  ] as const)('narrowed by %s hold what they should', async (_name, filter, count) => {
    expect(await everyPage(filter, 50)).toHaveLength(count);
  });

  test.each([
    {},
    { status: 'failed' },
    { kind: 'validate', status: 'accepted' },
    { target: itemId(7) },
  ] as RunFilter[])(
    'a page of %j reads one page of a list and its own runs, however large the table is',
    async (filter) => {
      const [pages, reads] = [runs.operations['page'] ?? 0, runs.operations['read'] ?? 0];
      const { runs: found } = await listRuns(services, filter, { top: 10 });
      expect(found).toHaveLength(10);
      expect((runs.operations['page'] ?? 0) - pages).toBe(1);
      expect((runs.operations['read'] ?? 0) - reads).toBe(10);
    },
  );

  test('a filter that excludes almost everything still reads a bounded number of pages', async () => {
    const before = runs.operations['page'] ?? 0;
    await listRuns(services, { target: itemId(7), status: 'unknown' }, { top: 2 });
    expect((runs.operations['page'] ?? 0) - before).toBe(5);
  });

  test('a continuation stays good while new runs come in', async () => {
    const first = await listRuns(services, { kind: 'validate' }, { top: 5 });
    const target = { id: itemId(1) };
    const newer = { kind: 'validate', target, policyId: 'p' } as const;
    await acceptRun(services, newer, { source: 'http', key: 'newer' });
    const continuation = first.continuation ?? '';
    const second = await listRuns(services, { kind: 'validate' }, { top: 5, continuation });
    expect(second.runs[0]?.createdAt).toBe('2026-08-23T10:20:00.000Z');
    expect(first.runs.at(-1)?.createdAt).toBe('2026-08-23T10:30:00.000Z');
  });

  test('a continuation that no list has given is refused', async () => {
    await expect(listRuns(services, {}, { continuation: "x' or true" })).rejects.toThrow(RangeError);
  });

  test('a run that moves to another status while its list is read is passed over', async () => {
    const { services: fresh, runs: table } = runDesk();
    const target = { id: itemId(1) };
    const { run } = await acceptRun(fresh, { kind: 'backUp', target }, { source: 'http', key: 'k' });
    const page: typeof table.page = async (...place) => {
      const read = await table.page(...place);
      await recordStarted(fresh, { runId: run.id, generation: 1 });
      return read;
    };
    const moving = { ...fresh, runs: { ...table, page } };
    expect((await listRuns(moving, { status: 'accepted' })).runs).toEqual([]);
    expect((await listRuns(fresh, { status: 'accepted' })).runs).toEqual([]);
    expect((await listRuns(fresh, { status: 'running' })).runs).toHaveLength(1);
  });
});

describe('running runs', () => {
  const at = '2026-08-22T02:00:00.000Z';
  const open = {
    name: 'recoveryServices.backUpNow',
    state: 'waiting',
    startedAt: at,
    dueAt: at,
    asks: 1,
    requests: 1,
  } as const;
  const stepsOf: Readonly<Record<string, readonly StepSummary[]>> = {
    polled: [{ ...open, stepId: '1' }],
    followed: [{ ...open, stepId: '1', state: 'settled' }],
    parked: [{ ...open, stepId: '1', reason: 'ten backups were made today', parked: true }],
    retried: [{ ...open, stepId: '1', reason: 'the service is busy' }],
    begun: [],
  };

  test.each([
    ['service', ['followed', 'polled']],
    ['limit', ['parked']],
  ] as const)('that wait for the %s', async (waiting, names) => {
    const { services: empty } = runDesk();
    const nameOf = new Map<string, string>();
    const fresh = { ...empty, listSteps: async (id: string) => stepsOf[nameOf.get(id) ?? ''] ?? [] };
    for (const name of Object.keys(stepsOf)) {
      const request = { kind: 'backUp', target: { id: itemId(1) } } as const;
      const { run } = await acceptRun(fresh, request, { source: 'http', key: name });
      await recordStarted(fresh, { runId: run.id, generation: 1 });
      nameOf.set(run.id, name);
    }
    const { runs: found } = await listRuns(fresh, { waiting });
    expect(found.map(({ id }) => nameOf.get(id)).sort()).toEqual(names);
  });
});
