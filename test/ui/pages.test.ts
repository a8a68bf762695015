import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAnswerLayer, followedRun, type AnswerLayer } from './answerLayer.ts';
import { violationsOn } from './axe.ts';
import { launch, openTab, shoot, visit, type Look } from './browser.ts';
import { runId, seedRows } from './seed.ts';

let layer: AnswerLayer;
let browser: Browser;

beforeAll(async () => {
  layer = await startAnswerLayer(10_000);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await layer.close();
});

const failing = seedRows(10_000, Date.now()).find(({ state }) => state === 'failing')!;
const about = `id=${encodeURIComponent(failing.id)}`;

/** Every page: its path, and what a reader finds there. */
const pages: readonly (readonly [name: string, path: string, finds: string])[] = [
  ['overview', '', '9,000 of 9,310 selected resources have a recovery point younger than their rule asks'],
  ['resources', 'resources', '10,000 resources'],
  ['resource', `resource?${about}`, 'UserErrorGuestAgentStatusUnavailable'],
  ['backUp', `backup?${about}`, 'Dry run'],
  ['runs', 'runs', 'Transfer data to vault 40 %'],
  ['run', `runs/${followedRun}`, 'Find protected item'],
  ['runFailed', `runs/${runId(3)}`, 'Delete snapshots that are no longer needed'],
  ['batch', `runs/${runId(10)}`, '12 items: 10 completed, 1 failed, 1 skipped.'],
  ['plan', 'plan', 'after a change of the clock'],
  ['vaults', 'vaults', 'Multi-user authorisation'],
  [
    'drills',
    'drills',
    'The newest drill has proven the backups of 149 of 180 drilled resources; 6 failed, 6 empty, 6 mismatch, 6 unverified, 7 left over, 7 proven late',
  ],
  ['drill', `runs/${runId(4)}`, 'What the drill has shown'],
  ['notFound', 'nowhere', 'There is no such page.'],
];

const looks: readonly (readonly [name: string, look: Look])[] = [
  ['', {}],
  ['-dark', { scheme: 'dark' }],
  ['-narrow', { width: 360, height: 740 }],
];

describe.each(looks)('every page%s', (suffix, look) => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await visit(browser, look);
  });
  afterAll(() => context.close());

  test.each(pages)('%s', async (name, path, finds) => {
    const { page, complaints, foreign } = await openTab(context, layer.origin);
    await page.goto(`${layer.origin}/ui/${path}`);
    await page.getByText(finds).first().waitFor();
    expect(await violationsOn(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await shoot(page, name + suffix, name !== 'resources');
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });
});

describe('the overview', () => {
  test('its four numbers and its exceptions lead to what they count', async () => {
    const context = await visit(browser);
    const { page } = await openTab(context, layer.origin);
    await page.goto(layer.origin);
    await page.getByRole('link', { name: '80 Late or down' }).click();
    await page.getByText('80 of 10,000 resources').waitFor();
    expect(new URL(page.url()).search).toBe('?state=down%2Clate');
    await page.goBack();
    await page
      .getByRole('row')
      .filter({ has: page.getByText('Down', { exact: true }) })
      .first()
      .getByRole('rowheader')
      .getByRole('link')
      .click();
    await page.getByRole('heading', { name: 'Runs and recovery points' }).waitFor();
    expect(page.url()).toContain('/ui/resource?id=');
    await context.close();
  });

  test('a day of the strip says what it was', async () => {
    const context = await visit(browser);
    const { page } = await openTab(context, layer.origin);
    await page.goto(`${layer.origin}/ui/`);
    const disks = page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: 'Disk', exact: true }) });
    await disks.getByRole('cell').nth(8).waitFor();
    expect(await disks.getByRole('cell').nth(8).getAttribute('title')).toContain('606 Failing');
    expect(await disks.getByRole('cell').nth(3).textContent()).toBe('no complete read');
    await context.close();
  });
});

test('every time shows the zone of the reader and UTC', async () => {
  const context = await visit(browser, { timezone: 'America/St_Johns' });
  const { page } = await openTab(context, layer.origin);
  await page.goto(`${layer.origin}/ui/runs/${followedRun}`);
  const time = page.getByRole('cell').locator('time').first();
  await time.waitFor();
  const title = (await time.getAttribute('title')) ?? '';
  expect(title).toContain('(America/St_Johns)');
  expect(title).toMatch(/\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  const times = await page.locator('time').count();
  expect(await page.locator('time[title*="UTC"]').count()).toBe(times);
  await context.close();
});

test('a broken plan shows each problem where it is, beside the last good plan', async () => {
  layer.trouble = { isPlanBroken: true };
  const context = await visit(browser);
  const { page } = await openTab(context, layer.origin);
  await page.goto(`${layer.origin}/ui/plan`);
  await page.getByText('Broken or out of reach: the last good plan is in force').waitFor();
  const diff = page.getByRole('region', { name: 'Differences to the last good plan' });
  expect(await diff.locator('.was').allTextContents()).toContainEqual(expect.stringContaining('files-north'));
  expect(await diff.locator('.is').allTextContents()).toContainEqual(expect.stringContaining('30 1 31 2 *'));
  const below = diff.locator('div:has(> .is:has-text("30 1 31 2")) > .wrong');
  expect(await below.textContent()).toContain('never comes');
  expect(await violationsOn(page)).toEqual([]);
  await shoot(page, 'planBroken');
  await context.close();
  layer.trouble = {};
});

test('the plan tells what it cannot have and what lies outside it, since when it stands, and leads to each', async () => {
  const context = await visit(browser);
  const { page } = await openTab(context, layer.origin);
  await page.goto(`${layer.origin}/ui/plan`);
  await page.getByRole('heading', { name: 'Not eligible: 10' }).waitFor();
  await page.getByRole('heading', { name: 'Protected outside the plan: 12' }).waitFor();
  await page.getByText('5 not eligible').first().waitFor();
  const monthly = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'monthly' }) });
  expect(await monthly.textContent()).toContain('5 %, at least 3, at most 20');
  expect(await monthly.getByRole('listitem').count()).toBe(5);
  await page.getByText(/^since .* · plan.json$/).waitFor();
  await page.getByText('shares tagged daily: it is a replica disk of Site Recovery').click();
  await page.locator('details[open] li a').first().click();
  await page.waitForURL('**/ui/resource?id=*');
  await context.close();
});

test('the newest proof of a resource stands on its page', async () => {
  const empty = seedRows(10_000, Date.now()).find(({ drill }) => drill?.verdict === 'empty')!;
  const context = await visit(browser);
  const { page } = await openTab(context, layer.origin);
  await page.goto(`${layer.origin}/ui/resource?id=${encodeURIComponent(empty.id)}`);
  const fact = page.locator('.facts > div', { hasText: 'Newest restore drill' });
  await fact.waitFor();
  const said = await fact.textContent();
  for (const part of ['Empty', 'from the point of', 'restored in', 'DrillEmpty: 0 files came back'])
    expect(said).toContain(part);
  await shoot(page, 'resourceDrilled');
  await context.close();
});

test('a reader with a keyboard gets everywhere, and hears where they are', async () => {
  const context = await visit(browser);
  const { page } = await openTab(context, layer.origin);
  await page.goto(`${layer.origin}/ui/`);
  await page.getByText('Needs attention').waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  expect(await focused()).toBe('Overview');
  await page.keyboard.press('Shift+Tab');
  for (let presses = 0; presses < 9 && (await focused()) !== 'Runs'; presses++)
    await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe('Runs');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  expect(await focused()).toBe('Runs');
  expect(await page.title()).toBe('Runs · Backups');
  expect(await page.getByRole('link', { name: 'Runs', exact: true }).getAttribute('aria-current')).toBe(
    'page',
  );
  await context.close();
});
