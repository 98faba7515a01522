import { jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { EVENT_TYPES } from '../../src/events/event-catalog.js';
import { Store } from '../support/store.js';
import { openPage, rowsOf, settled, startBrowser, type WatchedPage } from './open-page.js';
import { DAYS, fillSmallWorld, TURNS } from './small-world.js';

jest.setTimeout(180_000);

let store: Store;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
/** Position before the last change of Ada's profile. */
let before: number;

beforeAll(async () => {
  [store, browser] = await Promise.all([Store.start(), startBrowser()]);
  before = await fillSmallWorld(store);
});

afterAll(async () => {
  await browser?.close();
  await store?.remove();
});

beforeEach(async () => {
  watched = await openPage(browser, store.url);
  ({ page } = watched);
});

afterEach(async () => {
  await page.context().close();
  if (watched.complaints.length > 0) throw new Error(watched.complaints.join('\n'));
});

async function go(hash: string): Promise<void> {
  await page.goto(`${store.url}/#/${hash}`);
  await settled(page);
}
const panel = (name: string) => page.getByRole('region', { name, exact: true });
const tile = (name: string) =>
  page
    .locator('.tile')
    .filter({ has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) })
    .locator('b');
const param = (name: string) => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get(name);
const banner = () => page.locator('.moment');

/** Waits until the element contains the text. */
function expectText(locator: Locator, expected: string | RegExp): Promise<void> {
  return locator.filter({ hasText: expected }).first().waitFor();
}

describe('the overview', () => {
  it('shows what is in the store, and leads from a number to its request', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await go('overview');
    // Figures that need the same report ask for it together.
    const reports = asked.filter((url) => url.includes('/v1/reports/'));
    expect(reports).toEqual([...new Set(reports)]);
    await expectText(tile('Turns'), String(TURNS.length));
    expect(await tile('Users').innerText()).toBe('3');
    expect(await tile('Emotions').innerText()).toBe(String(TURNS.length));
    expect(await tile('Memories formed').innerText()).toBe('3');
    await expectText(panel('The service'), 'all at the head');
    await tile('Turns').click();
    const url = await page.getByRole('dialog').locator('code').first().innerText();
    const { body } = await store.get<{ items: { turns: number }[] }>(url.slice(store.url.length));
    expect(body.items.map(({ turns }) => turns)).toEqual([TURNS.length]);
  });

  it('goes to each place by keys, and explains them', async () => {
    await go('overview');
    for (const [key, name] of [
      ['e', 'emotions'],
      ['u', 'user'],
      ['r', 'reports'],
      ['v', 'events'],
      ['p', 'operations'],
      ['o', 'overview'],
    ]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key as string);
      await page.waitForURL(`**/#/${name}`);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('counts as of an earlier position, keeps it on reload, and goes back to now', async () => {
    await go('overview');
    await page.keyboard.press('a');
    await page.getByLabel('Position').fill('5');
    await page.getByRole('button', { name: 'Go there' }).click();
    await expectText(banner(), 'As of position 5');
    await expectText(tile('Turns'), '1');
    await page.reload();
    await expectText(banner(), 'As of position 5');
    await expectText(tile('Turns'), '1');
    // Operations are of now: the page does not claim otherwise, and does not forget.
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await settled(page);
    expect(await banner().isVisible()).toBe(false);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await expectText(banner(), 'As of position 5');
    await page.keyboard.press('n');
    await expectText(tile('Turns'), String(TURNS.length));
    expect(await banner().isVisible()).toBe(false);
  });
});

describe('the emotions', () => {
  it('are a table too, with a row for each day', async () => {
    await go('emotions?bucket=day');
    const chart = panel('Emotions over time');
    await chart.locator('canvas').waitFor();
    await page.keyboard.press('t');
    const rows = await rowsOf(chart);
    expect(rows.map(([start]) => start?.slice(0, 10))).toEqual([...DAYS]);
    // Joy, sadness, love: by their totals.
    expect(rows.map(([, ...values]) => values.join(' '))).toEqual([
      '2 1 0',
      '2 0 0',
      '2 1 0',
      '2 0 1',
      '2 1 0',
    ]);
  });

  it('are counted by the hour of the chosen zone', async () => {
    await go('emotions?zone=Asia/Tokyo');
    const [joy] = await rowsOf(panel('By hour of the day'));
    expect(joy?.[0]).toBe('joy');
    expect(joy?.[1 + 18]).toBe('10');
  });

  it('are read and zoomed with keys, and with the mouse', async () => {
    await go('emotions?bucket=day');
    const plot = panel('Emotions over time').locator('.plot');
    await plot.locator('canvas').waitFor();
    await plot.focus();
    await page.keyboard.press('Home');
    await expectText(page.locator('[aria-live=polite]').last(), /Mon, 5 Jan 2026, joy 2, sadness 1/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=2026-01-06&to=2026-01-08/);
    await settled(page);
    await expectText(panel('By emotion').locator('td'), '4');
    await page.locator('.plot canvas').first().waitFor();
    await page.locator('.plot').first().focus();
    await page.keyboard.press('Escape');
    await page.waitForURL(/#\/emotions\?bucket=day$/);
    await settled(page);
    const box = await plot.locator('.u-over').boundingBox();
    if (!box) throw new Error('There is no chart.');
    await page.mouse.move(box.x + box.width * 0.45, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=2026-01-07/);
  });

  it('of some users only', async () => {
    await go('emotions');
    await page.getByRole('button', { name: 'All users' }).click();
    await page.getByLabel('ben').check();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.waitForURL(/users=ben/);
    await settled(page);
    const rows = await rowsOf(panel('By emotion'));
    expect(rows.map(([emotion, count]) => [emotion, count])).toEqual([['sadness', '3']]);
  });
});

describe('a user', () => {
  it('is found in the list, which a prefix narrows', async () => {
    await go('user');
    expect((await rowsOf(panel('Users'))).map(([id]) => id)).toEqual(['ada', 'ben', 'cleo']);
    await page.keyboard.press('/');
    await page.keyboard.type('be');
    await page.getByRole('link', { name: 'cleo' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'ben' }).click();
    await expectText(panel('Emotional picture'), 'rain');
  });

  it('is rewound by the slider, step by step', async () => {
    await go('user/ada');
    const empathy = panel('Profile').locator('.levels b').first();
    await expectText(empathy, '95');
    await expectText(panel('As of').locator('.changes'), /profile\.changed empathyLevel 80 → 95/);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await expectText(banner(), 'As of position');
    await expectText(empathy, '80');
    expect(Number(param('asOf'))).toBeLessThanOrEqual(before);
    await expectText(panel('As of').locator('.changes'), 'memory.formed');
    await page.keyboard.press('Home');
    await expectText(panel('Memories'), 'No memory yet');
    await expectText(panel('Conversation'), 'No conversation yet');
    await page.keyboard.press('End');
    await expectText(empathy, '95');
    expect(param('asOf')).toBeNull();
    // When Ada was registered, there was no conversation yet.
    expect(watched.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('has memories that a search finds and explains', async () => {
    await go('user/ada');
    await page.getByLabel('Search in memories').fill('tomato garden');
    await page.waitForURL(/q=tomato/);
    await settled(page);
    await panel('Memories')
      .getByText(/^Score/)
      .click();
    expect(await panel('Memories').locator('.memories > li').count()).toBe(1);
    await expectText(panel('Memories'), /text [\d.]+ × importance/);
  });

  it('has memories that tell how they became what they are', async () => {
    await go('user/ada');
    const revised = panel('Memories').locator('li', { hasText: 'passed the exam' });
    await revised.getByText('Version 2').click();
    await expectText(revised.locator('.history'), /formed.*revised.*importance 0\.5 → 0\.9\s*She is proud/s);
  });

  it('has sessions that open', async () => {
    await go('user/ada');
    await panel('Sessions')
      .getByRole('button', { name: /2026-01-06-ada/ })
      .click();
    await expectText(panel('Conversation'), '2026-01-06-ada');
    expect(await panel('Conversation').locator('.said').count()).toBe(2);
  });
});

describe('reports', () => {
  it('are shown, linked and taken away in the same numbers', async () => {
    await go('reports/usage');
    await panel('Result').locator('canvas').waitFor();
    await page.keyboard.press('t');
    const rows = await rowsOf(panel('Result'));
    const names = await panel('Result').locator('thead th').allInnerTexts();
    const turns = rows.map((row) => Number(row[names.indexOf('turns')]));
    expect(turns.reduce((a, b) => a + b, 0)).toBe(TURNS.length);
    const csv = (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '';
    const { status, text } = await store.get<string>(csv);
    const [head = '', ...lines] = text.trim().split(/\r?\n/);
    expect([status, lines.map((line) => Number(line.split(',')[head.split(',').indexOf('turns')]))]).toEqual([
      200,
      turns,
    ]);
  });

  it.each(['mood', 'cohorts', 'emotions', 'memories'])('%s is drawn', async (name) => {
    await go(`reports/${name}`);
    await panel('Result').locator('canvas, table').first().waitFor();
    expect(await page.locator('.problem').count()).toBe(0);
  });
});

describe('the events', () => {
  it('come live, wait while the list is paused, and open', async () => {
    await go('events?range=30d');
    const rows = page.locator('.events > li');
    await expectText(rows.first(), /profile\.changed/);
    await expectText(page.locator('.live'), 'live');
    await store
      .user('dora')
      .post('/turns', { sessionId: 'new', userMessage: 'Good evening!', assistantMessage: 'Hello.' });
    await expectText(rows.first(), /turn\.recorded\s*dora/);
    await page.keyboard.press('Space');
    await expectText(page.locator('.live'), 'paused');
    await store.user('dora').post('/emotions', { emotion: 'joy', intensity: 1 });
    await page.getByRole('button', { name: '1 new event' }).click();
    await expectText(rows.first(), /emotion\.observed/);
    await rows.first().locator('summary').click();
    await expectText(rows.first().locator('pre'), '"intensity": 1');
    await rows.first().getByRole('link', { name: 'dora', exact: true }).click();
    await page.waitForURL(/#\/user\/dora/);
  });

  it('lead to the others of their command, and to the one that caused them', async () => {
    await go('events?types=emotion.observed&users=cleo');
    const rows = page.locator('.events > li');
    await rows.first().locator('summary').click();
    const cause = rows.first().locator('dt', { hasText: 'Cause' }).locator('xpath=..').getByRole('button');
    await rows.first().locator('dt', { hasText: 'Command' }).locator('xpath=..').getByRole('button').click();
    await settled(page);
    const ofCommand = ['emotion.observed', 'turn.recorded', 'session.started', 'user.registered'];
    expect(await page.locator('.events .type').allInnerTexts()).toEqual(ofCommand);
    await rows.first().locator('summary').click();
    await cause.click();
    await settled(page);
    expect(await page.locator('.events .type').allInnerTexts()).toEqual(['turn.recorded']);
    await page.getByTitle('List all again').click();
    await rows.nth(3).waitFor();
  });

  it('are filtered by type and user, and counted', async () => {
    await go('events?users=ben');
    await page.locator('.filters button', { hasText: 'emotion.observed' }).click();
    await page.waitForURL(/types=emotion\.observed/);
    await settled(page);
    const histogram = panel('Events over time');
    await histogram.locator('canvas').waitFor();
    await page.locator('.events > li').nth(2).waitFor();
    expect(await page.locator('.events .type').allInnerTexts()).toEqual(
      Array.from({ length: 3 }, () => 'emotion.observed'),
    );
    await page.keyboard.press('t');
    expect((await rowsOf(histogram)).map((row) => row.at(-1))).toEqual(expect.arrayContaining(['1']));
  });

  it('have a filter for each type of the catalog', async () => {
    await go('events');
    await page.locator('.filters button').last().waitFor();
    const names = await page.locator('.filters button').allInnerTexts();
    expect(names.toSorted()).toEqual(EVENT_TYPES.map(({ type }) => type).toSorted());
  });
});

describe('operations', () => {
  it('says what long work does, follows it, and shows how it ended', async () => {
    await go('operations');
    await page.getByRole('button', { name: 'Verify' }).click();
    const dialog = page.getByRole('dialog', { name: 'Verification' });
    await expectText(dialog, 'Nothing is changed');
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await expectText(page.getByRole('article', { name: 'Verification' }), /events and all rows are right/);
    await page.getByRole('button', { name: 'Back up' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Back up' }).click();
    await expectText(panel('Backups'), 'verified');
  });

  it('shows how far long work is, and cancels it', async () => {
    const startedAt = new Date(Date.now() - 10_000).toISOString();
    const job = {
      jobId: 'j1',
      kind: 'verification',
      state: 'running',
      done: 5_000,
      total: 20_000,
      startedAt,
    };
    const cancelled = new Promise<string>((resolve) => {
      void page.route('**/v1/ops/jobs**', async (route) => {
        if (route.request().method() === 'DELETE') resolve(route.request().url());
        await route.fulfill({ json: { items: [job] } });
      });
    });
    await go('operations');
    const card = page.getByRole('article', { name: 'Verification' });
    await expectText(card, /5,000 of 20,000 events, 4?5?\d\d\/s, 3\d s left/);
    await card.getByRole('button', { name: 'Cancel' }).click();
    expect(await cancelled).toBe(`${store.url}/v1/ops/jobs/j1`);
  });

  it('rebuilds one projection after it was asked', async () => {
    await go('operations');
    await page.getByRole('button', { name: 'Rebuild emotion-trend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rebuild emotion-trend' }).click();
    await expectText(page.getByRole('article', { name: 'Rebuild' }), 'emotion-trend: no row was different');
  });
});
