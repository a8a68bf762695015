import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planDifferences } from '../../../scripts/planDifferences.ts';
import { readPlan } from '../../../src/plan/problems.ts';
import type { Plan } from '../../../src/plan/schema.ts';

function sample(): Plan {
  const reading = readPlan(JSON.parse(readFileSync('plan/sample.plan.json', 'utf8')));
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.problems));
  return reading.plan;
}

test('a plan and itself mean the same', () => {
  expect(planDifferences(sample(), sample())).toEqual([]);
});

test('what is added, removed, changed and moved is said line by line', () => {
  const [before, after] = [sample(), sample()];
  const [shares, disks, blobs] = after.rules;
  if (!shares || !disks || !blobs) throw new Error('three rules');
  const changed: Plan = {
    ...after,
    rules: [{ ...disks, protect: { ...disks.protect, policy: 'disk-weekly' } }, shares],
    schedules: [...after.schedules.slice(1), { ...after.schedules[1]!, name: 'new' }],
    safety: { ...after.safety, subscriptions: ['22222222-2222-4222-8222-222222222222'], deleteBackups: true },
  };
  expect(planDifferences(before, changed)).toEqual([
    'rules "blobs of the archive": removed',
    'rules "production disks".protect.policy: "disk-daily" → "disk-weekly"',
    'rules: another order, and the first that matches wins: production disks, shares tagged daily',
    'schedules "before the nightly close": removed',
    'schedules "new": added',
    'safety.subscriptions: no longer 11111111-1111-4111-8111-111111111111',
    'safety.subscriptions: also 22222222-2222-4222-8222-222222222222',
    'safety.deleteBackups: false → true',
  ]);
});
