import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startAnswerLayer, type AnswerLayer } from './answerLayer.ts';
import { launch, openTab, visit } from './browser.ts';

let layer: AnswerLayer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  layer = await startAnswerLayer(10_000);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await layer.close();
});
beforeEach(async () => {
  context = await visit(browser);
  ({ page } = await openTab(context, layer.origin));
});
afterEach(() => context.close());

const open = async (query = ''): Promise<void> => {
  await page.goto(`${layer.origin}/ui/resources${query}`);
  await page.getByText(/^[\d,]+( of 10,000)? resources$/).waitFor();
};
const status = (): Promise<string | null> => page.locator('.bar [role=status]').textContent();
const query = (): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

describe('filters', () => {
  test.each([
    ['kind', 'disk', '2,000 of 10,000 resources'],
    ['subscription', '22222222-2222-4222-8222-222222222222', '3,333 of 10,000 resources'],
    ['region', 'westeurope', '3,334 of 10,000 resources'],
    ['rule', 'production disks', '1,862 of 10,000 resources'],
  ])('%s %s is in the URL and leaves %s', async (name, value, left) => {
    await open();
    await page.getByRole('combobox', { name, exact: true }).selectOption(value);
    await page.getByText(left).waitFor();
    expect(query()).toEqual({ [name]: value });
  });

  test('vaults are shown by name and chosen by id', async () => {
    await open();
    await page.getByLabel('vault').selectOption({ index: 1 });
    await page.getByText('of 10,000 resources').waitFor();
    expect(query()['vault']).toMatch(/^\/subscriptions\/.*\/backupvaults\/disks-west$/);
  });

  test('states are chosen together, by mouse or keyboard, and given up again', async () => {
    await open();
    await page.getByLabel(/^Late/).check();
    await page.getByText('60 of 10,000 resources').waitFor();
    await page.getByLabel(/^Down/).focus();
    await page.keyboard.press('Space');
    await page.getByText('80 of 10,000 resources').waitFor();
    expect(query()).toEqual({ state: 'late,down' });
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByText(/^10,000 resources$/).waitFor();
    expect(query()).toEqual({});
  });

  test('a name is searched while it is typed; nothing like it says so', async () => {
    await open();
    await page.getByLabel('name or id').pressSequentially('ledger-vm-0014');
    await page.getByText('1 of 10,000 resources').waitFor();
    expect(query()).toEqual({ q: 'ledger-vm-0014' });
    await page.getByLabel('name or id').fill('no such thing');
    await page.getByText('No resource is like that.').waitFor();
  });

  test('a link with filters shows what it showed', async () => {
    await open('?state=failing&kind=disk');
    expect(await status()).toBe('6 of 10,000 resources');
    expect(await page.getByRole('combobox', { name: 'kind', exact: true }).inputValue()).toBe('disk');
    expect(await page.getByLabel(/^Failing/).isChecked()).toBe(true);
  });

  test('10,000 rows are filtered within 200 ms', async () => {
    await open();
    const measured = await page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>('input[type=search]')!;
      const took: number[] = [];
      for (const text of ['l', 'le', 'ledger', 'ledger-vm', 'vm-09', '']) {
        const begun = performance.now();
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        took.push(performance.now() - begun);
      }
      return took;
    });
    console.log(`filtered 10,000 rows in ${measured.map((each) => each.toFixed(0)).join(', ')} ms`);
    const [, , , median] = measured.toSorted((one, other) => one - other);
    expect(median).toBeLessThan(200);
  });
});

test('sorted by name, and by the age of the last point', async () => {
  await open('?state=ok');
  await page.getByRole('columnheader', { name: 'Resource' }).getByRole('button').click();
  expect(query()).toEqual({ state: 'ok', sort: 'name' });
  const first = page.getByRole('row').nth(1).getByRole('link');
  expect(await first.textContent()).toMatch(/^archive-blobs-/);
  expect(await page.getByRole('columnheader', { name: 'Resource' }).getAttribute('aria-sort')).toBe(
    'ascending',
  );
});

test('the file has exactly the rows that are shown', async () => {
  await open('?state=failing&kind=disk');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV of these 6' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('resources.csv');
  const lines = readFileSync(await file.path(), 'utf8')
    .replace('\uFEFF', '')
    .split('\r\n');
  expect(lines).toHaveLength(8);
  expect(lines.slice(1, 7).every((line) => line.includes(',disk,') && line.includes(',failing,'))).toBe(true);
});

test('rows come and go with scrolling, and the whole length is told', async () => {
  await open();
  const table = page.getByRole('table', { name: 'Resources' });
  expect(await table.getAttribute('aria-rowcount')).toBe('10001');
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('region', { name: 'Resources, scrolls' }).focus();
  await page.keyboard.press('End');
  await page.locator('[aria-rowindex="10001"]').waitFor();
  await page.keyboard.press('Home');
  await page.locator('[aria-rowindex="2"]').waitFor();
});

test('every page of the list is read once, and again only after a new read of Azure', async () => {
  layer.asked.length = 0;
  await open();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Resources' }).click();
  await page.getByText(/^10,000 resources$/).waitFor();
  expect(layer.asked.filter((path) => path.includes('top=1000'))).toHaveLength(10);
});
