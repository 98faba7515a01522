import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { Store } from '../support/store.js';
import { openPage, rowsOf, settled, startBrowser, type WatchedPage } from './open-page.js';

let store: Store;
let browser: Browser;
let watched: WatchedPage;
/** A full second between what was told until 1 June and what was told later. */
let firstOfJune: string;

beforeAll(async () => {
  [store, browser] = await Promise.all([Store.start(), startBrowser()]);
  await tell('until-may');
  const second = Math.ceil(Date.now() / 1_000) * 1_000;
  firstOfJune = new Date(second).toISOString().slice(0, 19);
  await sleep(second - Date.now() + 1);
  await tell('june');
});

afterAll(async () => {
  await browser?.close();
  await store?.remove();
});

beforeEach(async () => {
  watched = await openPage(browser, store.url);
});

afterEach(async () => {
  await watched.page.context().close();
  if (watched.complaints.length > 0) throw new Error(watched.complaints.join('\n'));
});

/** Sends a part of the story that docs/analysts.md tells. */
async function tell(part: string): Promise<void> {
  const commands = await readFile(new URL(`../../examples/analysts/${part}.json`, import.meta.url), 'utf8');
  const { status, text } = await store.post('/v1/commands', JSON.parse(commands) as object);
  if (status !== 200) throw new Error(text);
}

/** The mean of each hour that has one. */
const byHour = (hours: string[]) =>
  Object.fromEntries(hours.flatMap((mean, hour) => (mean === '–' ? [] : [[hour, mean]])));

/** What docs/analysts.md answers. */
const AS_KNOWN_ON_1_JUNE = { 8: '0.18', 12: '0.29', 20: '0.38', 21: '-0.13' };

describe('how the mood of users who joined in May changed, by hour of day, as known on 1 June', () => {
  it('is asked and answered on the page, which gives a link to it', async () => {
    const { page } = watched;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${store.url}/#/reports`);
    await page.getByLabel('Group by').selectOption('hour of the day');
    await page.getByLabel('Joined from').fill('2026-05-01');
    await page.getByLabel('Joined before').fill('2026-06-01');
    await page.getByLabel('Bucket').selectOption('By month');
    await page.getByLabel('Time zone').selectOption("Each user's local time");
    await page.getByRole('button', { name: 'As of now' }).click();
    await page.getByLabel('Time (UTC)').fill(firstOfJune);
    await page.getByRole('button', { name: 'Go there' }).click();
    await page.locator('.moment', { hasText: 'As of position 61' }).waitFor();
    await settled(page);

    const result = page.getByRole('region', { name: 'Result' });
    const [[month, ...hours] = [], ...others] = await rowsOf(result);
    expect([month, byHour(hours), others]).toEqual(['May 2026', AS_KNOWN_ON_1_JUNE, []]);

    await result.getByRole('button', { name: 'Copy link' }).click();
    await result.getByRole('button', { name: 'Copied' }).waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    const [first, second] = [await fetch(link), await fetch(link)];
    const text = await first.text();
    expect(await second.text()).toBe(text);
    const { items } = JSON.parse(text) as { items: { hourOfDay: number; mean: number }[] };
    const rounded = items.map(({ hourOfDay, mean }) => [hourOfDay, mean.toFixed(2)]);
    expect(Object.fromEntries(rounded)).toEqual(AS_KNOWN_ON_1_JUNE);

    const parquet = (await result.getByRole('link', { name: 'Parquet' }).getAttribute('href')) ?? '';
    const file = Buffer.from(await (await fetch(store.url + parquet)).arrayBuffer());
    expect(file.subarray(-4).toString()).toBe('PAR1');

    // Who gets the address of the page sees the same; without "as of", what was told later is in it.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await settled(other);
    expect((await rowsOf(other.getByRole('region', { name: 'Result' })))[0]?.slice(1)).toEqual(hours);
    await other.keyboard.press('n');
    await other.locator('.moment').waitFor({ state: 'hidden' });
    await settled(other);
    expect(await rowsOf(other.getByRole('region', { name: 'Result' }))).not.toHaveLength(1);
  });
});

describe('a report', () => {
  it('has a row for each day, also for those on which nothing happened', async () => {
    const { page } = watched;
    await page.goto(`${store.url}/#/reports/usage?bucket=day&from=2026-05-01&to=2026-06-01`);
    await settled(page);
    await page.keyboard.press('t');
    const rows = await rowsOf(page.getByRole('region', { name: 'Result' }));
    const days = Array.from({ length: 31 }, (_, i) => `2026-05-${String(i + 1).padStart(2, '0')}`);
    expect(rows.map(([start]) => start?.slice(0, 10))).toEqual(days);
  });
});

describe('the documentation of the API', () => {
  it('is shown, and a request can be tried in it', async () => {
    const { page } = watched;
    await page.goto(`${store.url}/docs`);
    const route = page.locator('.opblock', { has: page.locator('[data-path="/v1/users/{userId}/stats"]') });
    await route.locator('.opblock-summary-control').click();
    await route.getByRole('button', { name: 'Try it out' }).click();
    await route.getByPlaceholder('userId').fill('ben');
    await route.getByRole('button', { name: 'Execute' }).click();
    const answer = route.locator('.live-responses-table');
    await answer.waitFor();
    expect(await answer.innerText()).toContain('"userId": "ben"');
  });
});
