import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { edgesoul } from '../support/edgesoul.js';
import { OriginalDatabase } from '../support/original-database.js';
import { tellStory } from '../support/original-story.js';
import { Store } from '../support/store.js';
import { expectText, openPage, rowsOf, startBrowser, type WatchedPage } from './open-page.js';

const FOLDER = join(import.meta.dirname, 'original-page');
const FILES: Record<string, [file: string, type: string]> = {
  '/': ['index.html', 'text/html'],
  '/page.js': ['page.js', 'text/javascript'],
};

let allowed: Server;
let foreign: Server;
let source: OriginalDatabase;
let store: Store;
let browser: Browser;
let watched: WatchedPage;

/** Serves the page of the original on an origin of its own. */
async function servePage(): Promise<Server> {
  const server = createServer((request, response) => {
    const [file, type] = FILES[new URL(request.url ?? '/', 'http://localhost').pathname] ?? [];
    if (file === undefined) response.writeHead(404).end();
    else
      void readFile(join(FOLDER, file)).then((text) =>
        response.setHeader('content-type', `${type}`).end(text),
      );
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}

const originOf = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  [allowed, foreign] = await Promise.all([servePage(), servePage()]);
  source = await OriginalDatabase.create();
  tellStory(source);
  [store, browser] = await Promise.all([Store.start({ ALLOWED_ORIGINS: originOf(allowed) }), startBrowser()]);
  const command = ['import-edgesoul', source.file, '--time-zone', 'Europe/Berlin'];
  const { code, stderr } = await edgesoul(command, store.settings);
  if (code !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await browser?.close();
  await store?.remove();
  source?.db.close();
  await rm(source.folder, { recursive: true, force: true });
  for (const server of [allowed, foreign]) {
    server?.closeAllConnections();
    server?.close();
  }
});

afterEach(async () => {
  await watched.page.context().close();
  if (watched.complaints.length > 0) throw new Error(watched.complaints.join('\n'));
});

/** Opens the page, which asks the service. */
async function visit(user: string, page = originOf(allowed)): Promise<Page> {
  watched = await openPage(browser, [page, store.url]);
  await watched.page.goto(`${page}/?user=${user}&api=${encodeURIComponent(`${store.url}/api/v1/memory`)}`);
  return watched.page;
}

const section = (name: string): Locator => watched.page.getByRole('region', { name });
const field = (name: string): Locator => section('Profile').getByLabel(name);
const shown = (): Promise<void> => watched.page.locator('body[data-shown]').waitFor();
/** A figure of the dashboard. */
const figure = (name: string): Locator =>
  section('Dashboard')
    .locator('div')
    .filter({ has: watched.page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
    .locator('dd');

describe("the original's page, on an origin of its own, over an imported database", () => {
  it('shows the profile', async () => {
    await visit('lena');
    await shown();
    expect(await field('Name').inputValue()).toBe('Lena');
    expect(await field('Gender').inputValue()).toBe('female');
    expect(await field('Empathy').inputValue()).toBe('90');
    expect(await field('Humor').inputValue()).toBe('30');
    expect(await field('Language').inputValue()).toBe('en');
    await expectText(section('Profile'), 'Interests: climbing');
  });

  it('shows the dashboard', async () => {
    await visit('lena');
    await shown();
    expect(await figure('Conversations').innerText()).toBe('1');
    expect(await figure('Messages').innerText()).toBe('3');
    expect(await figure('Memories').innerText()).toBe('3');
    expect(await figure('Average session').innerText()).toBe('1.5 min');
    expect(await figure('Most common emotion').innerText()).toBe('joy');
    expect(await figure('Current emotion').innerText()).toBe('fear');
    expect(await figure('Topics').innerText()).toBe('climbing, exam, sleep');
    expect(await figure('Context').innerText()).toBe('3 messages in lena');
  });

  it('finds a memory by a question', async () => {
    const page = await visit('lena');
    await shown();
    await page.getByLabel('Search memories').fill('When did I tell you about my new job?');
    await page.keyboard.press('Enter');
    const found = section('Dashboard').locator('li');
    await expectText(found, 'preference: User interest: my new job at the clinic, even the night shifts (3)');
    expect(await found.count()).toBe(1);
  });

  it('shows the analytics', async () => {
    await visit('lena');
    await shown();
    await expectText(section('Analytics'), 'No emotions in the last 7 days');
    expect(await rowsOf(section('Analytics'))).toEqual([
      ['joy', '14', '80 %', 'stable', 'clinic, climbing, sister'],
      ['fear', '6', '65 %', 'stable', 'exam'],
    ]);
  });

  it('saves a changed profile, which is there after a restart, with what was said since', async () => {
    const page = await visit('lena');
    await shown();
    await field('Name').fill('Lena K.');
    await field('Humor').fill('85');
    await field('Language').fill('de');
    const saved = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await saved).status()).toBe(200);
    const chat = await store.post('/api/v1/memory/conversation/lena', {
      session_id: 'after-the-switch',
      user_message: 'I passed the exam! I love jazz.',
      assistant_message: 'Lena, that is wonderful!',
      emotion: 'joy',
      intensity: 95,
    });
    expect(chat.status).toBe(200);
    await watched.page.context().close();
    await store.restart();

    await visit('lena');
    await shown();
    expect(await field('Name').inputValue()).toBe('Lena K.');
    expect(await field('Humor').inputValue()).toBe('85');
    expect(await field('Empathy').inputValue()).toBe('90');
    expect(await field('Language').inputValue()).toBe('de');
    await expectText(section('Profile'), 'Interests: climbing, jazz');
    expect(await figure('Conversations').innerText()).toBe('2');
    expect(await figure('Current emotion').innerText()).toBe('joy');
    expect(await figure('Context').innerText()).toBe('1 messages in after-the-switch');
    await expectText(section('Analytics'), 'joy, improving; joy 100 %');
  });

  it('clears the memories', async () => {
    const page = await visit('lena');
    await shown();
    await page.getByRole('button', { name: 'Clear memories' }).click();
    await expectText(figure('Memories'), /^0$/);
    expect(await section('Dashboard').locator('li').count()).toBe(0);
  });

  it('shows the defaults of a user whom nobody knows', async () => {
    await visit('nobody');
    await shown();
    expect(await field('Empathy').inputValue()).toBe('75');
    expect(await figure('Context').innerText()).toBe('No active conversation context');
  });

  it('neither shows nor changes anything on an origin that is not allowed', async () => {
    const page = await visit('lena', originOf(foreign));
    await expectText(page.getByRole('alert'), 'EdgeSoul cannot be reached');
    await field('Name').fill('Eve');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForLoadState('networkidle');
    expect((await store.get('/api/v1/memory/profile/lena')).body).toMatchObject({ name: 'Lena K.' });
    expect(watched.complaints.splice(0)).toContainEqual(expect.stringContaining('CORS policy'));
  });
});
