import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { chromiumPath } from '../chromium.mjs';

/** Nothing that a browser does by itself: no update, no sync, no first-run page. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('violation of ' + event.violatedDirective + ' by ' + event.blockedURI))`;

/** Starts the installed Chromium with a fresh profile. Throws where none is installed. */
export function startBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error('The tests of the page need Chromium: install it, or set CHROMIUM to its path.');
  return chromium.launch({ executablePath, args: ARGUMENTS, chromiumSandbox: false });
}

/** How a page is looked at. */
export interface Looks {
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** A page that notes everything that must not happen in it. */
export interface WatchedPage {
  page: Page;
  /** Errors and warnings of the console, violations of the policy, and requests to other hosts. */
  complaints: string[];
}

/** Opens an empty page, which may ask these origins, in a context of its own. */
export async function openPage(
  browser: Browser,
  origins: string | readonly string[],
  looks: Looks = {},
): Promise<WatchedPage> {
  const { width = 1_200, colorScheme = 'light' } = looks;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  await context.addInitScript(VIOLATIONS);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (![origins].flat().some((origin) => request.url().startsWith(origin)))
      complaints.push(`request to ${request.url()}`);
  });
  return { page, complaints };
}

/** Waits until everything that the page has asked is answered and drawn. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy]').waitFor({ state: 'detached' });
}

/** The rows of a table as text, cell by cell. */
export async function rowsOf(within: Locator): Promise<string[][]> {
  await within.locator('tbody tr').first().waitFor();
  const rows = await within.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()));
}

/** Waits until the element contains the text. */
export function expectText(locator: Locator, expected: string | RegExp): Promise<void> {
  return locator.filter({ hasText: expected }).first().waitFor();
}
