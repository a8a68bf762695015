import { expect, test } from 'vitest';
import { database } from '../../local/demo/database.ts';
import { deviations } from '../../local/demo/deviations.ts';
import { retentionTag } from '../../local/demo/retentionTag.ts';
import { unprotectedDisk } from '../../local/demo/unprotectedDisk.ts';
import { unprotectedShare } from '../../local/demo/unprotectedShare.ts';
import { vaultedBlobs } from '../../local/demo/vaultedBlobs.ts';
import { virtualMachine } from '../../local/demo/virtualMachine.ts';
import { narrate } from '../../local/telling/narration.ts';
import { startEmbeddedApp } from '../support/embeddedApp.ts';

const stories = [unprotectedShare, unprotectedDisk, vaultedBlobs, virtualMachine, database, retentionTag];

test.each(stories)('the demo of $name ends as it is told', async ({ world, faults, request, ending }) => {
  const app = await startEmbeddedApp({ world, faults });
  const asked = await app.request('POST', request.path, request.body, { 'idempotency-key': request.key });
  expect(asked?.status).toBe(202);
  const record = await app.runEnded((asked?.body as { id: string }).id);
  expect(deviations(ending, record, app.simulator.effects.all())).toEqual([]);
  const told: string[] = [];
  const line = (text = ''): number => told.push(text);
  narrate({ line, verdict: (_good, text) => line(text), progress: () => 0 }, '')(record);
  const isBackup = record.recoveryPoint !== undefined;
  expect(told.filter((text) => text.endsWith('the proof') || text.includes('the proof ('))).toHaveLength(
    isBackup ? 1 : 0,
  );
  await app.stop();
});
