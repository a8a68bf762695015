import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { followedRun, startAnswerLayer, type AnswerLayer } from './answerLayer.ts';
import { launch, openTab, shoot, visit } from './browser.ts';
import { runId, seedRows } from './seed.ts';

let layer: AnswerLayer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  layer = await startAnswerLayer(1000);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await layer.close();
});
beforeEach(async () => {
  layer.progress = 40;
  layer.asked.length = 0;
  layer.posted.length = 0;
  context = await visit(browser);
  ({ page } = await openTab(context, layer.origin));
});
afterEach(() => context.close());

const open = async (path: string): Promise<void> => void (await page.goto(`${layer.origin}/ui/${path}`));

describe('the list', () => {
  test.each([
    ['Failed', '?status=failed', 'docs-3 of ledgerfiles'],
    ['Waiting for the service', '?waiting=service', 'docs-1 of ledgerfiles'],
    ['Parked by a daily limit', '?waiting=limit', 'docs-2 of ledgerfiles'],
    ['Running', '?status=running', 'docs-1 of ledgerfiles'],
  ])('%s', async (view, search, finds) => {
    await open('runs');
    await page.getByRole('link', { name: view }).click();
    await page.getByRole('link', { name: finds }).waitFor();
    expect(new URL(page.url()).search).toBe(search);
    expect(await page.getByRole('link', { name: view }).getAttribute('aria-current')).toBe('true');
  });

  test.each([
    ['status', 'unknown'],
    ['kind', 'drill'],
  ])('%s %s', async (name, value) => {
    await open('runs');
    await page.getByLabel(name).selectOption(value);
    await page.waitForURL(`**/runs?${name}=${value}`);
    await expect.poll(() => layer.asked.at(-1)).toBe(`GET /api/runs?top=50&${name}=${value}`);
  });

  test('a batch folds, and unfolds to its runs', async () => {
    await open('runs');
    await page.getByText('BatchPartlyFailed').waitFor();
    expect(await page.getByText('docs-11 of ledgerfiles').count()).toBe(0);
    await page.getByRole('button', { name: 'Show the runs of this batch' }).click();
    await page.getByText('docs-11 of ledgerfiles').waitFor();
    await expect.poll(() => layer.asked).toContainEqual(`GET /api/runs?top=100&batch=${runId(10)}`);
    await shoot(page, 'runsUnfolded', false);
    await page.getByRole('button', { name: 'Hide the runs of this batch' }).click();
    await page.getByText('docs-11 of ledgerfiles').waitFor({ state: 'detached' });
  });

  test('it is looked at less often while nothing changes, and not at all while paused', async () => {
    await open('runs');
    await page.getByText('Transfer data to vault 40 %').waitFor();
    await page.waitForTimeout(7000);
    expect(layer.asked.length).toBeLessThanOrEqual(3);
    await page.getByRole('button', { name: 'Pause' }).click();
    const asked = layer.asked.length;
    layer.progress = 55;
    await page.waitForTimeout(5000);
    expect(layer.asked).toHaveLength(asked);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Transfer data to vault 55 %').waitFor();
  });
});

describe('a run', () => {
  test('is followed to its end, and then left alone', async () => {
    await open(`runs/${followedRun}`);
    await page.getByText('Transfer data to vault 40 %').first().waitFor();
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('40');
    layer.progress = 80;
    await page.getByText('Transfer data to vault 80 %').first().waitFor({ timeout: 20_000 });
    layer.progress = 100;
    await page.getByText(/There is a recovery point of/).waitFor({ timeout: 20_000 });
    await page.getByRole('rowheader', { name: 'Recovery point', exact: true }).waitFor();
    await shoot(page, 'runCompleted');
    const asked = layer.asked.length;
    await page.waitForTimeout(3000);
    expect(layer.asked).toHaveLength(asked);
  });

  test('is cancelled only after a second word', async () => {
    await open(`runs/${followedRun}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('the job is cancelled where the service can').waitFor();
    expect(layer.posted).toEqual([]);
    await page.getByRole('button', { name: 'No' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Yes, cancel' }).click();
    await expect
      .poll(() => layer.posted.map(({ path }) => path))
      .toEqual([`/api/runs/${followedRun}/cancel`]);
  });

  test('whose end nobody knows is closed with a reason', async () => {
    await open(`runs/${runId(90)}`);
    await page.getByLabel('What you found in Azure').fill('The point of 22:15 is there.');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Yes, close' }).click();
    await expect
      .poll(() => layer.posted)
      .toEqual([
        {
          path: `/api/runs/${runId(90)}/close`,
          key: undefined,
          body: { reason: 'The point of 22:15 is there.' },
        },
      ]);
  });
});

test('a backup is asked for after a dry run, once however often it is pressed, and then followed', async () => {
  const row = seedRows(1000, Date.now()).find(({ state, kind }) => state === 'late' && kind === 'fileShare')!;
  await open(`resource?id=${encodeURIComponent(row.id)}`);
  await page.getByRole('link', { name: 'Back up now' }).click();
  await page.getByLabel('Keep for').selectOption('P90D');
  expect(await page.getByRole('button', { name: 'Back up now' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.getByText('Nothing has been sent.').waitFor();
  await shoot(page, 'dryRun', false);
  await page.getByRole('button', { name: 'Back up now' }).dblclick();
  await page.waitForURL(`**/ui/runs/${followedRun}`);
  const [dry, ...sent] = layer.posted;
  const [storageAccountId, share] = row.id.split('/fileServices/default/shares/');
  const target = { kind: 'fileShare', vaultId: row.vaultId, storageAccountId, share };
  expect(dry?.body).toEqual({ target, keepFor: 'P90D', dryRun: true });
  expect(sent[0]?.body).toEqual({ target, keepFor: 'P90D' });
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(sent[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
});
