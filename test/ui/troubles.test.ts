import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startAnswerLayer, type AnswerLayer } from './answerLayer.ts';
import { violationsOn } from './axe.ts';
import { launch, openTab, shoot, visit } from './browser.ts';

let layer: AnswerLayer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  layer = await startAnswerLayer(1000);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await layer.close();
});
beforeEach(async () => {
  layer.trouble = {};
  context = await visit(browser);
  ({ page, complaints } = await openTab(context, layer.origin));
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

const paths = ['', 'resources', 'runs', 'plan', 'vaults', 'drills'];
const goTo = (path: string): Promise<unknown> => page.goto(`${layer.origin}/ui/${path}`);

test.each(paths)(
  'an app that answers 503 is asked again when it said, and then /ui/%s shows',
  async (path) => {
    layer.trouble = {
      refuse: { status: 503, code: 'EstateUnreadable', message: 'Azure cannot be read now.', retryAfter: 2 },
    };
    await goTo(path);
    await page.getByText('EstateUnreadable').first().waitFor();
    await page
      .getByText(/Asked again/)
      .first()
      .waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await shoot(page, `trouble-503-${path || 'overview'}`);
    layer.trouble = {};
    await page.getByText('EstateUnreadable').first().waitFor({ state: 'detached' });
  },
);

test('what was read stays, with its time, while the app is out of reach', async () => {
  await goTo('runs');
  await page.getByText('Transfer data to vault 40 %').waitFor();
  layer.trouble = { refuse: { status: 503, code: 'ServiceUnavailable', message: 'Come back later.' } };
  await page.getByText('ServiceUnavailable').waitFor();
  await page.getByText(/Shown as read at/).waitFor();
  expect(await page.getByText('Transfer data to vault 40 %').isVisible()).toBe(true);
  await shoot(page, 'trouble-stale', false);
});

test('a slow app: first nothing, then what is read, then that it is slow; never a second request meanwhile', async () => {
  layer.trouble = { delayMs: 8000 };
  layer.asked.length = 0;
  await goTo('vaults');
  await page.getByText('Reading the vaults …').waitFor();
  await page.getByText('The app is slow to answer; still waiting.').waitFor({ timeout: 10_000 });
  await shoot(page, 'trouble-slow', false);
  expect(layer.asked).toEqual(['GET /api/vaults']);
  await page.getByText('files-west').first().waitFor();
});

test('a reader without the role is told which one, and is not asked again and again', async () => {
  layer.trouble = {
    refuse: { status: 403, code: 'RoleMissing', message: 'The token lacks the role Backups.Read.' },
  };
  layer.asked.length = 0;
  await goTo('vaults');
  await page
    .getByText('Ask the owner of the app registration for the role Backups.Read, then sign in again.')
    .waitFor();
  await page.waitForTimeout(2500);
  expect(layer.asked).toHaveLength(1);
  await shoot(page, 'trouble-403', false);
});

test('an app that is gone is said to be gone', async () => {
  await goTo('vaults');
  await page.getByText('files-west').first().waitFor();
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Plan' }).click();
  await page.getByText('The app cannot be reached.').waitFor();
  await context.setOffline(false);
  await page.getByText('In force as it lies there').waitFor({ timeout: 15_000 });
});

test('an estate that was not read whole says so, and why', async () => {
  layer.trouble = { isIncomplete: true };
  await goTo('');
  await page.getByText('This is not the whole picture.').waitFor();
  await page
    .getByText('The identity may not read subscription 33333333-3333-4333-8333-333333333333.')
    .waitFor();
  await shoot(page, 'incomplete', false);
});

test.each([
  ['', 'Nothing has been read yet.'],
  ['resources', 'No resources yet.'],
  ['runs', 'No runs yet.'],
  ['runs?status=failed', 'No run is like that.'],
  ['plan', 'No plan yet.'],
  ['vaults', 'No vaults yet.'],
  ['drills', 'No backup has been proven by a restore yet.'],
])('a newcomer at /ui/%s reads what to do', async (path, title) => {
  layer.trouble = { isEmpty: true };
  await goTo(path);
  await page.getByText(title).waitFor();
  expect(await violationsOn(page)).toEqual([]);
  await shoot(page, `empty-${path.replace(/\W/g, '') || 'overview'}`, false);
});

test('an answer that the page does not know costs one page, not the others', async () => {
  layer.trouble = { isStrange: true };
  await goTo('vaults');
  await page.getByText('This page cannot be shown.').waitFor();
  await page.getByRole('link', { name: 'Plan' }).click();
  await page.getByText('In force as it lies there').waitFor();
});
