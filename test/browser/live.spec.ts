import type { Page } from 'playwright-core';
import { EVENT_TYPES } from '../../src/events/event-catalog.js';
import { expectText, rowsOf, settled } from './open-page.js';
import { SmallWorld } from './small-world.js';

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

describe('the events', () => {
  it('come live, wait while the list is paused, and open', async () => {
    await world.go('events?range=30d');
    const rows = page.locator('.events > li');
    await expectText(rows.first(), /profile\.changed/);
    await expectText(page.locator('.live'), 'live');
    await world.store
      .user('dora')
      .post('/turns', { sessionId: 'new', userMessage: 'Good evening!', assistantMessage: 'Hello.' });
    await expectText(rows.first(), /turn\.recorded\s*dora/);
    await page.keyboard.press('Space');
    await expectText(page.locator('.live'), 'paused');
    await world.store.user('dora').post('/emotions', { emotion: 'joy', intensity: 1 });
    await page.getByRole('button', { name: '1 new event' }).click();
    await expectText(rows.first(), /emotion\.observed/);
    await rows.first().locator('summary').click();
    await expectText(rows.first().locator('pre'), '"intensity": 1');
    await rows.first().getByRole('link', { name: 'dora', exact: true }).click();
    await page.waitForURL(/#\/user\/dora/);
  });

  it('lead to the others of their command, and to the one that caused them', async () => {
    await world.go('events?types=emotion.observed&users=cleo');
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
    await world.go('events?users=ben');
    await page.locator('.filters button', { hasText: 'emotion.observed' }).click();
    await page.waitForURL(/types=emotion\.observed/);
    await settled(page);
    const histogram = world.panel('Events over time');
    await histogram.locator('canvas').waitFor();
    await page.locator('.events > li').nth(2).waitFor();
    expect(await page.locator('.events .type').allInnerTexts()).toEqual(
      Array.from({ length: 3 }, () => 'emotion.observed'),
    );
    await page.keyboard.press('t');
    expect((await rowsOf(histogram)).map((row) => row.at(-1))).toEqual(expect.arrayContaining(['1']));
  });

  it('have a filter for each type of the catalog', async () => {
    await world.go('events');
    await page.locator('.filters button').last().waitFor();
    const names = await page.locator('.filters button').allInnerTexts();
    expect(names.toSorted()).toEqual(EVENT_TYPES.map(({ type }) => type).toSorted());
  });
});

describe('operations', () => {
  it('says what long work does, follows it, and shows how it ended', async () => {
    await world.go('operations');
    await page.getByRole('button', { name: 'Verify' }).click();
    const dialog = page.getByRole('dialog', { name: 'Verification' });
    await expectText(dialog, 'Nothing is changed');
    await dialog.getByRole('button', { name: 'Verify' }).click();
    await expectText(page.getByRole('article', { name: 'Verification' }), /events and all rows are right/);
    await page.getByRole('button', { name: 'Back up' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Back up' }).click();
    await expectText(world.panel('Backups'), 'verified');
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
    await world.go('operations');
    const card = page.getByRole('article', { name: 'Verification' });
    await expectText(card, /5,000 of 20,000 events, 4?5?\d\d\/s, 3\d s left/);
    await card.getByRole('button', { name: 'Cancel' }).click();
    expect(await cancelled).toBe(`${world.store.url}/v1/ops/jobs/j1`);
  });

  it('rebuilds one projection after it was asked', async () => {
    await world.go('operations');
    await page.getByRole('button', { name: 'Rebuild emotion-trend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rebuild emotion-trend' }).click();
    await expectText(page.getByRole('article', { name: 'Rebuild' }), 'emotion-trend: no row was different');
  });
});
