import type { Browser, Locator, Page } from 'playwright-core';
import { Store } from '../support/store.js';
import { openPage, settled, startBrowser, type WatchedPage } from './open-page.js';

/** Days of the small world: Monday to Friday. */
export const DAYS = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09'] as const;

/** What happens in the small world, in order. Ada is glad every morning, Ben sad every other evening. */
export const TURNS = DAYS.flatMap((day, i) => [
  felt('ada', `${day}T09:00`, 'joy', 'exam'),
  felt('ada', `${day}T09:20`, 'joy', 'exam'),
  ...(i % 2 === 0 ? [felt('ben', `${day}T21:00`, 'sadness', 'rain')] : []),
  ...(i === 3 ? [felt('cleo', `${day}T12:00`, 'love', 'dog')] : []),
]);

function felt(userId: string, minute: string, label: string, trigger: string) {
  return {
    command: 'RecordTurn',
    userId,
    sessionId: `${minute.slice(0, 10)}-${userId}`,
    userMessage: `It is about the ${trigger}.`,
    assistantMessage: 'Tell me more.',
    topics: [trigger],
    emotion: { label, intensity: 0.8, triggers: [trigger] },
    occurredAt: `${minute}:00.000Z`,
  };
}

const MEMORIES = ['Ada passed the exam.', 'Ada grows tomatoes.', 'Ada has a sister in Porto.'];

/** Fills a store with the small world; returns the position before the last change of Ada's profile. */
export async function fillSmallWorld(store: Store): Promise<number> {
  const formed = MEMORIES.map((content, i) => ({
    command: 'FormMemory',
    userId: 'ada',
    memoryId: `memory-${i}`,
    type: 'fact',
    content,
    occurredAt: `${DAYS[i]}T10:00:00.000Z`,
  }));
  const [memory, ...memories] = formed;
  const revised = {
    command: 'ReviseMemory',
    userId: 'ada',
    memoryId: 'memory-0',
    importance: 0.9,
    reason: 'She is proud of it.',
  };
  const first = { command: 'ChangeProfile', userId: 'ada', name: 'Ada', empathyLevel: 80 };
  await store.post('/v1/commands', { commands: [first, ...TURNS, memory, revised, ...memories] });
  const { body } = await store.get<{ head: number }>('/v1/events?limit=1');
  await store.user('ada').patch('/profile', { empathyLevel: 95 });
  return body.head;
}

/** A store with the small world, a browser, and one page at a time in it. */
export class SmallWorld {
  private watched: WatchedPage | undefined;

  private constructor(
    readonly store: Store,
    private readonly browser: Browser,
    /** Position before the last change of Ada's profile. */
    readonly before: number,
  ) {}

  static async start(): Promise<SmallWorld> {
    const [store, browser] = await Promise.all([Store.start(), startBrowser()]);
    return new SmallWorld(store, browser, await fillSmallWorld(store));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.store.remove();
  }

  /** Opens a new page. */
  async visit(): Promise<Page> {
    this.watched = await openPage(this.browser, this.store.url);
    return this.watched.page;
  }

  /** Closes the page. Throws if something happened in it that must not. */
  async leave(): Promise<void> {
    await this.page.context().close();
    if (this.complaints.length > 0) throw new Error(this.complaints.join('\n'));
  }

  get page(): Page {
    if (!this.watched) throw new Error('No page has been opened.');
    return this.watched.page;
  }

  get complaints(): string[] {
    return this.watched?.complaints ?? [];
  }

  /** Opens a place and waits until it is drawn. */
  async go(hash: string): Promise<void> {
    await this.page.goto(`${this.store.url}/#/${hash}`);
    await settled(this.page);
  }

  panel(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  /** The number of a tile. */
  tile(name: string): Locator {
    const label = this.page.locator('.name', { hasText: new RegExp(`^${name}$`) });
    return this.page.locator('.tile').filter({ has: label }).locator('b');
  }

  /** What says that everything is of a past moment. */
  banner(): Locator {
    return this.page.locator('.moment');
  }

  /** A parameter of the address. */
  param(name: string): string | null {
    return new URLSearchParams(new URL(this.page.url()).hash.split('?')[1]).get(name);
  }
}
