import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEnvironment, type Environment } from '../../local/environment.ts';
import { localAudience, localTenantId, startIssuer, type LocalIssuer } from '../../local/issuer/issuer.ts';
import { demoShare } from '../support/bundledApp.ts';
import { followedRun, startAnswerLayer, type AnswerLayer } from './answerLayer.ts';
import { launch, openTab, shoot, visit, type Tab } from './browser.ts';
import { seedRows } from './seed.ts';

const share = demoShare('archive');

let issuer: LocalIssuer;
let environment: Environment;
let browser: Browser;

/** The whole app, closed: its own bundle, host, storage and simulator, and an issuer beside it. */
beforeAll(async () => {
  issuer = await startIssuer();
  environment = await startEnvironment({
    timeScale: 10,
    settings: {
      ACCESS_TENANT_ID: localTenantId,
      ACCESS_AUDIENCE: localAudience,
      ACCESS_ISSUER: issuer.issuer,
      ACCESS_KEYS_URL: issuer.keysUrl,
      ALLOWED_VAULTS: share.vaultId,
    },
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await environment?.stop();
  await issuer?.close();
});

async function askForBackup(): Promise<string> {
  const response = await fetch(`${environment.app}/api/backups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await issuer.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ target: share }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

async function signInAs(context: BrowserContext, person: string, path: string): Promise<Tab> {
  const tab = await openTab(context, environment.app);
  await tab.page.goto(`${environment.app}/ui/${path}`);
  await tab.page.getByRole('heading', { name: 'Who are you?' }).waitFor();
  await tab.page.getByRole('link', { name: person }).click();
  return tab;
}

const buttons = (page: Page): Promise<string[]> => page.locator('main button').allTextContents();

describe('the closed app', () => {
  test('its page is open, loads what signs in alone, and may ask the issuer', async () => {
    const config = await (await fetch(`${environment.app}/ui/config.json`)).json();
    expect(config).toEqual({
      signIn: {
        authority: issuer.issuer.replace('/v2.0', ''),
        clientId: localAudience,
        scope: `${localAudience}/.default`,
      },
    });
    const document = await fetch(`${environment.app}/ui/`);
    expect(document.headers.get('content-security-policy')).toContain(`connect-src 'self' ${issuer.origin}`);
    const [, code] = /src="(\/ui\/main-[^"]+)"/.exec(await document.text()) ?? [];
    const file = await fetch(`${environment.app}${code}`);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-encoding')).toBe('gzip');
    const root = await fetch(environment.app, { redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/ui/']);
    expect((await fetch(`${environment.app}/api/runs`)).status).toBe(401);
  });

  test('a reader comes back to where they were, sees a run to its end, and no button of it', async () => {
    const id = await askForBackup();
    const context = await visit(browser);
    const { page, complaints } = await signInAs(context, 'Reader', `runs/${id}`);
    await page.getByRole('heading', { name: 'Backup of archive of demofiles' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/ui/runs/${id}`);
    expect(await buttons(page)).not.toContain('Cancel');
    await page.getByText(/There is a recovery point of/).waitFor({ timeout: 50_000 });
    await page.getByRole('rowheader', { name: 'Recovery point', exact: true }).waitFor();
    expect(await page.getByText('Reader').getAttribute('title')).toBe('Backups.Read');
    await shoot(page, 'signedInReader');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an operator may cancel, and the page keeps no token', async () => {
    const id = await askForBackup();
    const context = await visit(browser);
    const { page } = await signInAs(context, 'Operator', `runs/${id}`);
    await page.getByRole('heading', { name: 'Backup of archive of demofiles' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith(`/api/runs/${id}/cancel`)),
      page.getByRole('button', { name: 'Yes, cancel' }).click(),
    ]);
    expect([200, 202]).toContain(answer.status());
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toMatch(/eyJ|secret|refresh/i);
    await context.close();
  });

  test('someone without a role is told which one they need', async () => {
    const context = await visit(browser);
    const { page } = await signInAs(context, 'Stranger', 'runs');
    await page.getByText('Ask the owner of the app registration for the role Backups.Read').waitFor();
    await shoot(page, 'signedInStranger', false);
    await context.close();
  });

  test('signing out leaves for the issuer and asks anew who one is', async () => {
    const context = await visit(browser);
    const { page } = await signInAs(context, 'Reader', 'plan');
    await page.getByText('No plan yet.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await context.close();
  });
});

describe('what a reader may do', () => {
  const row = seedRows(1000, Date.now()).find(({ state }) => state === 'failing')!;
  const about = `id=${encodeURIComponent(row.id)}`;
  let layer: AnswerLayer;

  beforeAll(async () => {
    const authority = issuer.issuer.replace('/v2.0', '');
    const signIn = { authority, clientId: localAudience, scope: `${localAudience}/.default` };
    layer = await startAnswerLayer(1000, { signIn });
  });
  afterAll(() => layer?.close());

  const everyPage: readonly (readonly [path: string, shows: string])[] = [
    [`resource?${about}`, 'The last 3 backups failed.'],
    ['', 'Needs attention'],
    [`runs/${followedRun}`, 'Find protected item'],
    [`backup?${about}`, 'Last good point'],
  ];

  async function offersTo(person: string): Promise<readonly string[]> {
    const context = await visit(browser);
    const { page } = await openTab(context, layer.origin);
    const offers: string[] = [];
    for (const [path, shows] of everyPage) {
      await page.goto(`${layer.origin}/ui/${path}`);
      await page.getByRole('link', { name: person }).click();
      await page.getByText(shows).first().waitFor();
      const offered = page.locator('main').locator('a, button');
      const found = (await offered.allTextContents()).filter((text) =>
        /^(Back up now|Cancel|Dry run)$/.test(text),
      );
      offers.push(...new Set(found));
    }
    await context.close();
    return offers;
  }

  test('without Backups.Run there is nothing to press', async () => {
    expect(await offersTo('Reader')).toEqual([]);
  });

  test('with it there is', async () => {
    expect(await offersTo('Operator')).toEqual(['Back up now', 'Back up now', 'Cancel', 'Dry run']);
  });
});
