import type { Page } from 'playwright-core';
import { expectText, rowsOf, settled } from './open-page.js';
import { DAYS, TURNS, SmallWorld } from './small-world.js';

let world: SmallWorld;
let page: Page;

beforeAll(async () => {
  world = await SmallWorld.start();
});

afterAll(() => world?.stop());

beforeEach(async () => {
  page = await world.visit();
});

afterEach(() => world.leave());

describe('the overview', () => {
  it('shows what is in the store, and leads from a number to its request', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await world.go('overview');
    // Figures that need the same report ask for it together.
    const reports = asked.filter((url) => url.includes('/v1/reports/'));
    expect(reports).toEqual([...new Set(reports)]);
    await expectText(world.tile('Turns'), String(TURNS.length));
    expect(await world.tile('Users').innerText()).toBe('3');
    expect(await world.tile('Emotions').innerText()).toBe(String(TURNS.length));
    expect(await world.tile('Memories formed').innerText()).toBe('3');
    await expectText(world.panel('The service'), 'all at the head');
    await world.tile('Turns').click();
    const url = await page.getByRole('dialog').locator('code').first().innerText();
    const { body } = await world.store.get<{ items: { turns: number }[] }>(url.slice(world.store.url.length));
    expect(body.items.map(({ turns }) => turns)).toEqual([TURNS.length]);
  });

  it('goes to each place by keys, and explains them', async () => {
    await world.go('overview');
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

  it('says where the log ends, asked for a position after it', async () => {
    await world.go('overview');
    const { head } = (await world.store.get<{ head: number }>('/v1/events?limit=1')).body;
    for (const position of [head + 1, 99_999]) {
      await page.keyboard.press('a');
      await page.getByLabel('Position').fill(String(position));
      await page.getByRole('button', { name: 'Go there' }).click();
      await expectText(
        page.getByRole('alert'),
        `There is no position ${position} yet: the log ends at ${head}.`,
      );
      await page.keyboard.press('Escape');
    }
    expect(world.param('asOf')).toBeNull();
    await page.goto(`${page.url()}?asOf=99999`);
    await expectText(page.locator('.problem'), `the log ends at ${head}`);
    for (const complaint of world.complaints.splice(0)) expect(complaint).toContain('409');
  });

  it('counts as of an earlier position, keeps it on reload, and goes back to now', async () => {
    await world.go('overview');
    await page.keyboard.press('a');
    await page.getByLabel('Position').fill('5');
    await page.getByRole('button', { name: 'Go there' }).click();
    await expectText(world.banner(), 'As of position 5');
    await expectText(world.tile('Turns'), '1');
    await page.reload();
    await expectText(world.banner(), 'As of position 5');
    await expectText(world.tile('Turns'), '1');
    // Operations are of now: the page does not claim otherwise, and does not forget.
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await settled(page);
    expect(await world.banner().isVisible()).toBe(false);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await expectText(world.banner(), 'As of position 5');
    await page.keyboard.press('n');
    await expectText(world.tile('Turns'), String(TURNS.length));
    expect(await world.banner().isVisible()).toBe(false);
  });
});

describe('the emotions', () => {
  it('are a table too, with a row for each day', async () => {
    await world.go('emotions?bucket=day');
    const chart = world.panel('Emotions over time');
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
    await world.go('emotions?zone=Asia/Tokyo');
    const [joy] = await rowsOf(world.panel('By hour of the day'));
    expect(joy?.[0]).toBe('joy');
    expect(joy?.[1 + 18]).toBe('10');
  });

  it('are read and zoomed with keys, and with the mouse', async () => {
    await world.go('emotions?bucket=day');
    const plot = world.panel('Emotions over time').locator('.plot');
    await plot.locator('canvas').waitFor();
    await plot.focus();
    await page.keyboard.press('Home');
    await expectText(page.locator('[aria-live=polite]').last(), /Mon, 5 Jan 2026, joy 2, sadness 1/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=2026-01-06&to=2026-01-08/);
    await settled(page);
    await expectText(world.panel('By emotion').locator('td'), '4');
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
    await world.go('emotions');
    await page.getByRole('button', { name: 'All users' }).click();
    await page.getByLabel('ben').check();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.waitForURL(/users=ben/);
    await settled(page);
    const rows = await rowsOf(world.panel('By emotion'));
    expect(rows.map(([emotion, count]) => [emotion, count])).toEqual([['sadness', '3']]);
  });
});

describe('a user', () => {
  it('is found in the list, which a prefix narrows', async () => {
    await world.go('user');
    expect((await rowsOf(world.panel('Users'))).map(([id]) => id)).toEqual(['ada', 'ben', 'cleo']);
    await page.keyboard.press('/');
    await page.keyboard.type('be');
    await page.getByRole('link', { name: 'cleo' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'ben' }).click();
    await expectText(world.panel('Emotional picture'), 'rain');
  });

  it('is rewound by the slider, step by step', async () => {
    await world.go('user/ada');
    const empathy = world.panel('Profile').locator('.levels b').first();
    await expectText(empathy, '95');
    await expectText(world.panel('As of').locator('.changes'), /profile\.changed empathyLevel 80 → 95/);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await expectText(world.banner(), 'As of position');
    await expectText(empathy, '80');
    expect(Number(world.param('asOf'))).toBeLessThanOrEqual(world.before);
    await expectText(world.panel('As of').locator('.changes'), 'memory.formed');
    await page.keyboard.press('Home');
    await expectText(world.panel('Memories'), 'No memory yet');
    await expectText(world.panel('Conversation'), 'No conversation yet');
    await page.keyboard.press('End');
    await expectText(empathy, '95');
    expect(world.param('asOf')).toBeNull();
    // When Ada was registered, there was no conversation yet.
    expect(world.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('has memories that a search finds and explains', async () => {
    await world.go('user/ada');
    await page.getByLabel('Search in memories').fill('tomato garden');
    await page.waitForURL(/q=tomato/);
    await settled(page);
    await world
      .panel('Memories')
      .getByText(/^Score/)
      .click();
    expect(await world.panel('Memories').locator('.memories > li').count()).toBe(1);
    await expectText(world.panel('Memories'), /text [\d.]+ × importance/);
    await expectText(world.panel('Memories'), /tomato en 0\.\d+/);
    expect(await world.panel('Memories').getByTitle('Language of the memory').textContent()).toBe('en');
  });

  it('has memories that tell how they became what they are', async () => {
    await world.go('user/ada');
    const revised = world.panel('Memories').locator('li', { hasText: 'passed the exam' });
    await revised.getByText('Version 2').click();
    await expectText(revised.locator('.history'), /formed.*revised.*importance 0\.5 → 0\.9\s*She is proud/s);
  });

  it('has sessions that open', async () => {
    await world.go('user/ada');
    await world
      .panel('Sessions')
      .getByRole('button', { name: /2026-01-06-ada/ })
      .click();
    await expectText(world.panel('Conversation'), '2026-01-06-ada');
    expect(await world.panel('Conversation').locator('.said').count()).toBe(2);
  });
});

describe('reports', () => {
  it('are shown, linked and taken away in the same numbers', async () => {
    await world.go('reports/usage');
    await world.panel('Result').locator('canvas').waitFor();
    await page.keyboard.press('t');
    const rows = await rowsOf(world.panel('Result'));
    const names = await world.panel('Result').locator('thead th').allInnerTexts();
    const turns = rows.map((row) => Number(row[names.indexOf('turns')]));
    expect(turns.reduce((a, b) => a + b, 0)).toBe(TURNS.length);
    const csv = (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '';
    const { status, text } = await world.store.get<string>(csv);
    const [head = '', ...lines] = text.trim().split(/\r?\n/);
    expect([status, lines.map((line) => Number(line.split(',')[head.split(',').indexOf('turns')]))]).toEqual([
      200,
      turns,
    ]);
  });

  it('are tables whose numbers are aligned, also where the first is missing, and whose reasons can be read', async () => {
    // Of the first day only Ben's one feeling is left.
    await world.go(`reports/mood?bucket=day&from=${TURNS[2]?.occurredAt}`);
    await page.keyboard.press('t');
    const result = world.panel('Result');
    expect((await rowsOf(result))[0]).toContain('–');
    expect(await result.locator('th.number').allInnerTexts()).toContain('sd');
    const { width = 0 } = (await result.locator('td.sentences').first().boundingBox()) ?? {};
    expect(width).toBeGreaterThan(300);
    await page.keyboard.press('t');
  });

  it.each(['mood', 'cohorts', 'emotions', 'memories'])('%s is drawn', async (name) => {
    await world.go(`reports/${name}`);
    await world.panel('Result').locator('canvas, table').first().waitFor();
    expect(await page.locator('.problem').count()).toBe(0);
  });
});
