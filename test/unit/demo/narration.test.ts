import { expect, test } from 'vitest';
import { endingWords, runWords } from '../../../local/telling/narration.ts';
import { sentenceOf, stepSentences } from '../../../local/telling/stepSentences.ts';
import { dataProtectionSteps } from '../../../src/data-protection/steps.ts';
import { recoveryServicesSteps } from '../../../src/recovery-services/steps.ts';
import { resourceSteps } from '../../../src/resources/steps.ts';
import type { RunRecord } from '../../../src/runs/run.ts';

const record: RunRecord = {
  id: 'ab'.repeat(20),
  kind: 'backUp',
  status: 'completed',
  target: { kind: 'fileShare', vaultId: '/v', storageAccountId: '/a/b/demofiles', share: 'archive' },
  requestedBy: { source: 'http', caller: 'local', key: 'k' },
  createdAt: '2026-03-01T10:00:00Z',
  generation: 1,
  steps: [],
  warnings: [],
};

test('every step is told by a sentence, and no sentence is for a step that does not exist', () => {
  const names = [...recoveryServicesSteps, ...dataProtectionSteps, ...resourceSteps].map(({ name }) => name);
  expect(Object.keys(stepSentences).sort()).toEqual(names.sort());
});

test('a step of an older version is told in words, not by its code name', () => {
  expect(sentenceOf('recoveryServices.lookTwice')).toBe('Look twice');
});

test('a run is told by what it does to what', () => {
  expect(runWords(record)).toBe('Back up share archive of demofiles');
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/data-1';
  expect(runWords({ ...record, kind: 'protect', target: { id } })).toBe('Protect data-1');
});

test('an ending names the proof and how long it is kept, a failure the code, the words and the advice', () => {
  const tiers = [{ type: 'Snapshot', expiresAt: '2026-03-31T10:00:00Z' }];
  const recoveryPoint = { id: 'p', at: '2026-03-01T10:05:00Z', tiers };
  expect(endingWords({ ...record, recoveryPoint })).toBe(
    'completed, recovery point of 2026-03-01T10:05:00Z, kept until 2026-03-31T10:00:00Z',
  );
  const error = { code: 'NotProtected', message: 'No vault protects it.', advice: 'Protect it first.' };
  expect(endingWords({ ...record, status: 'failed', error })).toBe(
    'failed, NotProtected: No vault protects it. Protect it first.',
  );
});
