import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { Store } from '../support/store.js';
import { openPage, settled, startBrowser, type Looks } from './open-page.js';
import { fillSmallWorld } from './small-world.js';

const PLACES = [
  'overview',
  'emotions',
  'user',
  'user/ada',
  'reports/mood',
  'reports/mood?groupBy=hourOfDay',
  'reports/cohorts',
  'events',
  'operations',
];

interface Finding {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Without the details of what is right, which take most of its time. */
const AXE_RUN = `axe.run({ resultTypes: ['violations'] })`;

let store: Store;
let empty: Store;
let browser: Browser;
let axe: string;

beforeAll(async () => {
  [store, empty, browser] = await Promise.all([Store.start(), Store.start(), startBrowser()]);
  await fillSmallWorld(store);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

afterAll(async () => {
  await browser?.close();
  await store?.remove();
  await empty?.remove();
});

/** Goes to a place as a link does, and waits until it is drawn. */
async function follow(page: Page, place: string): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('hashchange', resolve, { once: true });
    location.hash = '#/${place}';
  })`);
  await settled(page);
}

describe('the page in every place', () => {
  it.each<[string, Looks]>([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { width: 390 }],
  ])(
    '%s: can be used by everybody, complains about nothing, and is not wider than the screen',
    async (_name, looks) => {
      const { page, complaints } = await openPage(browser, store.url, looks);
      await page.goto(store.url);
      await page.evaluate(axe);
      const found: unknown[] = [];
      for (const place of PLACES) {
        await follow(page, place);
        const { violations } = await page.evaluate<{ violations: Finding[] }>(AXE_RUN);
        for (const { id, nodes } of violations)
          found.push([place, id, nodes.map(({ html }) => html).slice(0, 3)]);
        if (await page.evaluate(`document.documentElement.scrollWidth > innerWidth`))
          found.push([place, 'too wide']);
      }
      await page.context().close();
      expect([found, complaints]).toEqual([[], []]);
    },
  );

  it('teaches how to begin when the store is empty', async () => {
    const { page, complaints } = await openPage(browser, empty.url);
    for (const place of ['overview', 'emotions', 'reports/mood', 'events', 'operations', 'user']) {
      await page.goto(`${empty.url}/#/${place}`);
      await page.locator('.empty').first().waitFor();
    }
    await page.goto(`${empty.url}/#/overview`);
    const curl = await page.locator('.empty pre').first().innerText();
    expect(curl).toContain(`curl -X POST ${empty.url}/v1/users/mira/turns`);
    await page.context().close();
    expect(complaints).toEqual([]);
  });
});

describe('an error', () => {
  it('shows the title, code and request id of the problem, and can be tried again', async () => {
    const { page } = await openPage(browser, store.url);
    await page.goto(`${store.url}/#/user/nobody`);
    const problem = page.getByRole('alert').first();
    const text = await problem.innerText();
    expect(text).toMatch(/Not Found user\.not-found/);
    expect(text).toMatch(/Request id \S+/);
    await store.user('nobody').post('/emotions', { emotion: 'joy', intensity: 1 });
    for (let left = await page.getByRole('alert').count(); left > 0; left--)
      await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByRole('heading', { name: 'nobody' }).waitFor();
    await page.context().close();
  });

  it('of a wrong parameter says what would be valid', async () => {
    const { page } = await openPage(browser, store.url);
    await page.goto(`${store.url}/#/emotions?zone=Mars/Olympus`);
    const text = await page.getByRole('alert').first().innerText();
    expect(text).toMatch(/timeZone/);
    await page.context().close();
  });

  it('of the connection is a line that heals by itself', async () => {
    const { page } = await openPage(browser, store.url);
    await page.goto(`${store.url}/#/operations`);
    await page.getByText('current-profile').first().waitFor();
    await page.context().setOffline(true);
    await page.waitForSelector('.is-offline');
    await page.context().setOffline(false);
    await page.waitForSelector('.is-offline', { state: 'detached' });
    await page.getByText('current-profile').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });
});

describe('what users write', () => {
  it('is shown as text, whatever it looks like', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>1</script>';
    await store
      .user('markup')
      .post('/turns', { sessionId: 's', userMessage: markup, assistantMessage: 'ok' });
    const { page, complaints } = await openPage(browser, store.url);
    await page.goto(`${store.url}/#/user/markup`);
    await page.getByText(markup).first().waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.context().close();
    expect(complaints).toEqual([]);
  });
});
