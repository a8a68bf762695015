import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where this machine has a browser; undefined where it has none. */
export const executablePath = (): string | undefined => places.find((place) => place && existsSync(place));

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];

/** A headless browser. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath() ?? '/usr/bin/chromium',
    args: [...quiet, '--disable-component-update', '--disable-sync'],
  });

/** How a reader sits in front of the page. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly timezone?: string;
}

/** A fresh profile. */
export const visit = (
  browser: Browser,
  { width = 1280, height = 860, scheme = 'light', timezone = 'Europe/Berlin' }: Look = {},
): Promise<BrowserContext> =>
  browser.newContext({
    ...{ viewport: { width, height }, colorScheme: scheme, timezoneId: timezone, locale: 'en-GB' },
    acceptDownloads: true,
  });

const shots = fileURLToPath(new URL('../../.local/ui', import.meta.url));

/** Writes what is seen into `.local/ui`, for people to look at. */
export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage, animations: 'disabled' });
}

/** A tab, with what went wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Errors of scripts and of the console, refusals of the content security policy among them. */
  readonly complaints: string[];
  /** Requests to other origins than the first. */
  readonly foreign: string[];
}

/** Opens a tab that remembers complaints. */
export async function openTab(context: BrowserContext, origin: string): Promise<Tab> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', ({ message }) => void complaints.push(message));
  page.on('console', (message) => {
    // The browser logs every refused request; the page tells it to the reader.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:')) foreign.push(url);
  });
  return { page, complaints, foreign };
}
