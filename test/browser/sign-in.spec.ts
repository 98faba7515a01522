import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { createKey, keysOf, withKey, type IssuedKey } from '../support/keys.js';
import { Store } from '../support/store.js';
import { expectText, openPage, settled, startBrowser, type WatchedPage } from './open-page.js';
import { fillSmallWorld } from './small-world.js';

let store: Store;
let browser: Browser;
let key: IssuedKey;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [store, browser] = await Promise.all([Store.start(), startBrowser()]);
  await fillSmallWorld(store);
  key = await createKey(store, '--name', 'page', '--scope', 'chat,analyst,operator');
  await sleep(1_000);
});

afterAll(async () => {
  await browser?.close();
  await store?.remove();
});

beforeEach(async () => {
  watched = await openPage(browser, store.url);
  ({ page } = watched);
});

afterEach(() => page.context().close());

const dialog = () => page.getByRole('dialog', { name: 'Sign in' });

async function signIn(token: string): Promise<void> {
  await dialog().getByLabel('Key').fill(token);
  await dialog().getByRole('button', { name: 'Sign in' }).click();
}

describe('the page of a service that asks for a key', () => {
  it('asks for one, says when it is not valid, and shows everything with a valid one', async () => {
    await page.goto(`${store.url}/#/user/ada`);
    await expectText(dialog(), 'This service asks for a key.');
    await signIn(`esk_${'a'.repeat(12)}_${'A'.repeat(43)}`);
    await expectText(dialog(), 'The key is not valid');
    await signIn(` ${key.token}\n`);
    await dialog().waitFor({ state: 'detached' });
    await settled(page);
    await page.getByRole('region', { name: 'Profile', exact: true }).waitFor();
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('keeps the key nowhere but in its memory', async () => {
    await page.goto(`${store.url}/`);
    await signIn(key.token);
    await settled(page);
    const kept = await page.evaluate<string>(
      `JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])`,
    );
    expect(kept).not.toContain(key.token.slice(17));
    await page.reload();
    await expectText(dialog(), 'This service asks for a key.');
  });

  it('follows new events, and asks again when its key is revoked', async () => {
    const short = await createKey(store, '--name', 'short', '--scope', 'chat,analyst,operator');
    await sleep(1_000);
    await page.goto(`${store.url}/#/events?range=30d`);
    await signIn(short.token);
    await expectText(page.locator('.live'), 'live');
    const said = { emotion: 'joy', intensity: 1 };
    await store.user('dora').post('/emotions', said, withKey(key));
    await expectText(page.locator('.events > li').first(), /emotion\.observed\s*dora/);
    await keysOf(store, 'revoke', 'short');
    await sleep(1_000);
    await page.getByRole('link', { name: 'Overview' }).click();
    await expectText(dialog(), 'The key is not valid');
  });

  it('saves a report as a file, and shows how to ask for it with a key', async () => {
    await page.goto(`${store.url}/#/reports/usage`);
    await signIn(key.token);
    await settled(page);
    const saved = page.waitForEvent('download');
    await page.locator('.downloads a', { hasText: 'CSV' }).first().click();
    expect((await saved).suggestedFilename()).toBe('usage.csv');
  });

  it('says what a key may not do', async () => {
    const other = await createKey(store, '--name', 'other', '--scope', 'operator');
    await sleep(1_000);
    await page.goto(`${store.url}/#/events`);
    await signIn(other.token);
    await expectText(page.locator('.problem').first(), /auth\.forbidden.*scope analyst/s);
    await page.locator('.problem').first().getByRole('button', { name: 'Sign in' }).click();
    await dialog().waitFor();
  });
});
