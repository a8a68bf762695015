import { expect, test } from 'vitest';
import { acceptRun } from '../../../src/runs/acceptRun.ts';
import { changeRun } from '../../../src/runs/changeRun.ts';
import { whyNotDelete } from '../../../src/runs/deletionGate.ts';
import { finishRun } from '../../../src/runs/finishRun.ts';
import type { AcceptedRequest } from '../../../src/runs/run.ts';
import { runDesk } from '../../support/runDesk.ts';

const vault =
  '/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/b/providers/Microsoft.RecoveryServices/vaults/ours';
const item = `${vault}/backupFabrics/Azure/protectionContainers/c;a/protectedItems/i;b`;
const otherItem = `${vault}/backupFabrics/Azure/protectionContainers/c;a/protectedItems/i;c`;
const share = { kind: 'fileShare', vaultId: vault, storageAccountId: `${vault}/x`, share: 'docs' } as const;
const deletion = { kind: 'stop', target: { id: item }, mode: 'deleteData', confirm: 'docs' } as const;

/** A run that asks for something, and what the gate says to its step. */
async function asking(request: AcceptedRequest) {
  const { services } = runDesk();
  const { run } = await acceptRun(services, request, { source: 'http', caller: 'local', key: 'k' });
  const gate = { runs: services.runs, mayDeleteBackups: true };
  return { services, runId: run.id, gate, step: { runId: run.id, generation: 1 } };
}

test('a run that asks for the deletion of an item may delete it', async () => {
  const { gate, step } = await asking(deletion);
  expect(await whyNotDelete(gate, step, item)).toBeUndefined();
  expect(
    await whyNotDelete(gate, step, item.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions')),
  ).toBeUndefined();
});

test('a share is deleted in the vault that its target names, and in no other', async () => {
  const { gate, step } = await asking({ ...deletion, target: share });
  expect(await whyNotDelete(gate, step, item)).toBeUndefined();
  const message = 'No run asks for this deletion.';
  expect(await whyNotDelete(gate, step, item.replace('/ours/', '/theirs/'))).toMatchObject({
    failure: { message },
  });
});

test('a setting that was switched off meanwhile keeps it', async () => {
  const { gate, step } = await asking(deletion);
  expect(await whyNotDelete({ ...gate, mayDeleteBackups: false }, step, item)).toMatchObject({
    kind: 'refused',
    failure: { code: 'DeleteNotAllowed', advice: 'Set DELETE_BACKUPS to true.' },
  });
});

test.each([
  ['that nobody has accepted', deletion, item, 'f'.repeat(40)],
  ['that asks for the deletion of another item', deletion, otherItem, undefined],
  ['that repeats no name', { ...deletion, confirm: undefined } as never, item, undefined],
  ['that keeps the data', { ...deletion, mode: 'retain' } as const, item, undefined],
  ['that asks for a backup', { kind: 'backUp', target: { id: item } } as const, item, undefined],
  ['that the plan has asked for', { kind: 'sweep', dryRun: false } as const, item, undefined],
])('a flow of a run %s deletes nothing', async (_, request, itemId, forgedId) => {
  const { gate, step } = await asking(request);
  const forged = { ...step, ...(forgedId === undefined ? {} : { runId: forgedId }) };
  expect(await whyNotDelete(gate, forged, itemId)).toMatchObject({
    kind: 'refused',
    failure: { code: 'DeleteNotAllowed', message: 'No run asks for this deletion.' },
  });
});

test('a run that has ended deletes nothing', async () => {
  const { gate, step, services, runId } = await asking(deletion);
  const ending = { status: 'failed', warnings: [] } as const;
  await finishRun(services, { runId, generation: 1, ending });
  expect(await whyNotDelete(gate, step, item)).toMatchObject({
    kind: 'refused',
    failure: { message: 'The run has ended: failed.' },
  });
});

test('a step of an older flow waits for the present one; of a flow that does not exist yet is refused', async () => {
  const { gate, step, services, runId } = await asking(deletion);
  await changeRun(services, runId, (run) => ({ ...run, generation: 2 }));
  expect(await whyNotDelete(gate, step, item)).toMatchObject({ kind: 'later' });
  expect(await whyNotDelete(gate, { ...step, generation: 2 }, item)).toBeUndefined();
  expect(await whyNotDelete(gate, { ...step, generation: 3 }, item)).toMatchObject({ kind: 'refused' });
});
