import { expect, test } from 'vitest';
import { httpApp } from '../../support/httpApp.ts';

test('before the first read the answer says that nothing has been read', async () => {
  const { status, body } = await httpApp().call('getCoverage');
  expect(status).toBe(200);
  expect(body.value).toEqual([]);
  expect(body.summary).toMatchObject({ total: 0, selected: 0, complete: false });
  expect(body.summary.incompleteReasons).toEqual(['The estate has not been read yet.']);
  expect(body.summary.counts).toMatchObject({ ok: 0, late: 0, notProtected: 0 });
});

test('a state that does not exist is refused with the states there are', async () => {
  const { status, body } = await httpApp().call('getCoverage', { query: '?state=green' });
  expect(status).toBe(400);
  expect(body.error.details[0].target).toBe('state');
});

test('the strip has a day for every day asked for, also where nothing was read', async () => {
  const { body } = await httpApp().call('getCoverageHistory', { query: '?days=3' });
  expect(body.days).toEqual([
    { date: '2026-02-27', kinds: {} },
    { date: '2026-02-28', kinds: {} },
    { date: '2026-03-01', kinds: {} },
  ]);
});

test('a resource that no read has seen is not found', async () => {
  const { status, body } = await httpApp().call('getCoverageResource', { query: '?id=/subscriptions/none' });
  expect([status, body.error.code]).toEqual([404, 'ResourceNotSeen']);
});

test('there are no vaults before the first read', async () => {
  expect((await httpApp().call('getVaults')).body).toEqual({ value: [] });
});
