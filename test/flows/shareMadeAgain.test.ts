import { describe, expect, test } from 'vitest';
import type { StepOrder, StepOutcome } from '../../src/steps/step.ts';
import { policyId, shareTarget, shareWorld, storageAccountId } from '../support/shareWorld.ts';
import { playRun } from '../support/simulatedRun.ts';

const target = shareTarget('docs');
const old = { storageAccountId, share: 'docs', state: 'ProtectionStopped', readableName: true } as const;
const again = { storageAccountId, share: 'docs', policy: 'daily' } as const;

/** The vault offers the share of that name under another item name than the old one's. */
const offered = ({ stepName }: StepOrder): StepOutcome | undefined =>
  stepName === 'recoveryServices.findProtectableShare'
    ? {
        kind: 'done',
        result: {
          found: { protectedItemId: `${policyId('x')}/protectedItems/azurefileshare;0a0a` },
          seen: ['docs'],
        },
      }
    : undefined;

describe('a share that was deleted and made again', () => {
  test('is backed up by the item that is protected, not by the one that is stopped', async () => {
    const { ending } = await playRun({
      world: shareWorld({ items: [old, again] }),
      request: { kind: 'backUp', target },
    });
    expect(ending.status).toBe('completed');
    expect(JSON.stringify(ending.result)).not.toContain(';docs');
  });

  test.each([
    ['backUp', { kind: 'backUp', target }, 'NotProtected'],
    ['resume', { kind: 'resume', target, policyId: policyId('daily') }, 'ShareMadeAgain'],
  ] as const)('is told where only the old one has an item: %s', async (_, request, code) => {
    const world = shareWorld({ items: [old] });
    const { ending, simulator } = await playRun({ world, request, interfere: offered });
    expect(ending.error).toMatchObject({
      code,
      message: expect.stringContaining('of a share that was deleted'),
    });
    expect(simulator.effects.all()).toEqual([]);
  });

  test('is looked for before a stopped item is refused: a share that is the same stays stopped', async () => {
    const world = shareWorld({ items: [old] });
    const { ending } = await playRun({ world, request: { kind: 'backUp', target } });
    expect(ending.error).toMatchObject({ code: 'ProtectionStopped' });
  });
});
