import { expect, test } from 'vitest';
import type { ArmAnswer, Json } from '../../../src/arm/call.ts';
import { deleteDrillTarget } from '../../../src/resources/drillTargets.ts';
import { refusal, reply, runId, stepLedger } from '../../support/stepLedger.ts';

const group = '/subscriptions/44444444-5555-4666-8777-888888888888/resourceGroups';
const shareId = `${group}/drills/providers/Microsoft.Storage/storageAccounts/a/fileServices/default/shares/abd-${runId}`;
const groupId = `${group}/abd-${runId}`;
const share = (run: string): Json => ({
  etag: '"0x8D1"',
  properties: { metadata: { azure_backup_automation_drill: run } },
});
const tagged = (run: string): Json => ({ tags: { 'azure-backup-automation-drill': run } });
const disk = (more: object = {}) => ({
  id: `${groupId}/providers/Microsoft.Compute/disks/d`,
  type: 'Microsoft.Compute/disks',
  ...more,
});

/** What became of a deletion when what is there is read so, one answer for each look. */
async function deletion(
  targetId: string,
  looks: readonly (() => ArmAnswer)[],
  answers: readonly ArmAnswer[] = [],
) {
  let [looked, sent] = [0, 0];
  const ledger = stepLedger({
    catalogue: [deleteDrillTarget],
    arm: ({ method }) =>
      method === 'DELETE'
        ? (answers[sent++] ?? reply(200))
        : (looks[Math.min(looked++, looks.length - 1)]?.() ?? reply(500)),
  });
  // A flow asks again after each wait that it is told.
  for (let asks = 0; asks < 30; asks++) {
    const told = await ledger.order(deleteDrillTarget.name, { targetId, runId });
    await ledger.drain();
    if (ledger.row().outcome) break;
    if (told?.kind === 'waiting') ledger.pass(told.waitSeconds);
    else ledger.pass(61);
  }
  const { outcome } = ledger.row();
  const deletions = ledger.requests.filter(({ method }) => method === 'DELETE');
  return { outcome, deletions, looked, requests: ledger.row().requests };
}

test('a deletion leaves right after its tag was read, under the entity tag that was read with it', async () => {
  const { outcome, deletions, requests } = await deletion(shareId, [() => reply(200, share(runId))]);
  expect(outcome).toMatchObject({ kind: 'done' });
  expect(deletions).toMatchObject([{ ifMatch: '"0x8D1"' }]);
  expect(requests).toBe(2);
});

test.each([
  ['names another run', share('b'.repeat(40)), /names b{40} now/],
  ['is gone', { properties: {} }, /names no run now/],
])('what has a tag that %s is not deleted, and nothing is sent', async (_, body, message) => {
  const { outcome, deletions } = await deletion(shareId, [() => reply(200, body)]);
  expect(outcome).toMatchObject({
    kind: 'refused',
    failure: { code: 'DrillTargetChanged', message: expect.stringMatching(message) as string },
  });
  expect(deletions).toEqual([]);
});

test('a tag that changes while the deletion waits for its turn is seen: every attempt reads anew', async () => {
  const looks = [() => reply(200, share(runId)), () => reply(200, share('b'.repeat(40)))];
  const { outcome, deletions, looked } = await deletion(shareId, looks, [refusal(429, 'TooManyRequests')]);
  expect({ sent: deletions.length, looked }).toEqual({ sent: 1, looked: 2 });
  expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'DrillTargetChanged' } });
});

test('what cannot be read is read again, and not deleted meanwhile', async () => {
  const looks = [() => reply(500), () => reply(200, share(runId))];
  const { outcome, deletions } = await deletion(shareId, looks);
  expect(outcome).toMatchObject({ kind: 'done' });
  expect(deletions).toMatchObject([{ at: '2026-08-22T02:01:01.000Z' }]);
});

test('what cannot be read at all is never deleted', async () => {
  const { outcome, deletions } = await deletion(shareId, [() => reply(403)]);
  expect(outcome).toMatchObject({
    kind: 'timedOut',
    failure: { message: expect.stringMatching(/HTTP 403/) as string },
  });
  expect(deletions).toEqual([]);
});

test('a group goes whole when it holds nothing but disks that belong to no machine', async () => {
  const looks = [() => reply(200, tagged(runId)), () => reply(200, { value: [disk()] })];
  const { outcome, deletions } = await deletion(groupId, looks);
  expect(outcome).toMatchObject({ kind: 'done' });
  expect(deletions).toHaveLength(1);
  expect(deletions[0]?.ifMatch).toBeUndefined();
});

test.each([
  ['a machine', { id: `${groupId}/providers/x/y/z`, type: 'Microsoft.Compute/virtualMachines' }],
  ['a disk that a machine uses', disk({ managedBy: '/subscriptions/1/vm' })],
])('a group with %s in it stays', async (_, row) => {
  const looks = [() => reply(200, tagged(runId)), () => reply(200, { value: [disk(), row] })];
  const { outcome, deletions } = await deletion(groupId, looks);
  expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'DrillGroupInUse' } });
  expect(deletions).toEqual([]);
});
