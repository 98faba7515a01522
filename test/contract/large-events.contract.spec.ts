import { MAX_READ_BYTES, type ScannedEvent } from '../../src/events/log/event-log.js';
import { linesOf } from '../../src/operations/lines/log-lines.js';
import { eventRows } from '../../src/operations/transfer/event-rows.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { allEvents, append, numbers } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { liveFolds } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText, importText } from '../support/transfer.js';
import { verified } from '../support/verified.js';

/** A message of almost the greatest length, in letters that take most bytes. */
const MESSAGE = '😀'.repeat(63_990);
const TURNS_EACH = 12;
const USERS = ['ada', 'bob'];

/** The largest turn that a command may record, with the given number. */
function largestTurn(userId: string, number: number) {
  const message = `${number} ${MESSAGE}`;
  const turn = { turnId: `turn-${number}`, sessionId: 's', topics: [], emotion: null };
  return {
    streamId: `conversation:${userId}/s`,
    type: 'turn.recorded' as const,
    data: { ...turn, userMessage: message, assistantMessage: message },
  };
}

function bytesOf(events: readonly Pick<ScannedEvent, 'data'>[]): number {
  return events.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
}

/** Walks to the end, and returns all events and the bytes of the largest page. */
async function walk<Event extends ScannedEvent>(
  next: (last: Event | undefined) => Promise<Event[]>,
): Promise<{ events: Event[]; largest: number }> {
  const events: Event[] = [];
  let largest = 0;
  for (;;) {
    const page = await next(events.at(-1));
    if (page.length === 0) return { events, largest };
    largest = Math.max(largest, bytesOf(page));
    events.push(...page);
  }
}

describe.each(DATABASES)('a log of the largest events on $name', (database) => {
  let source: TestDatabase;
  let reader: StoreReader;
  /** A page ends with the event that reaches the size. */
  let largestPage: number;
  const total = USERS.length * TURNS_EACH;

  beforeAll(async () => {
    source = await database.open();
    const writer = source.writer(liveFolds());
    for (const number of numbers(TURNS_EACH))
      for (const userId of USERS) await writer.write(append([largestTurn(userId, number)], { userId }));
    reader = openStoreReader(source.address);
    largestPage = MAX_READ_BYTES + bytesOf(await reader.events({ after: 0, limit: 1 }));
    if (bytesOf(await allEvents(source.log)) < 3 * largestPage) throw new Error('There must be some pages.');
  });

  afterAll(async () => {
    await reader.close();
    await source.close();
  });

  it('is read in pages that end by their size, by position and by user', async () => {
    const limit = 1_000;
    const all = await walk((last) => reader.events({ after: last?.position ?? 0, limit }));
    const byUser = await walk((last: ScannedEvent | undefined) =>
      reader.eventsByUser(last ?? { userId: '', position: 0 }, limit),
    );
    const types = ['turn.recorded'];
    const more: boolean[] = [];
    const ofBob = await walk(async (last: ScannedEvent | undefined) => {
      const after = last?.position ?? 0;
      const page = await reader.eventsOfUser({ userId: 'bob', after, upTo: 1_000, types, limit });
      more.push(page.more);
      return page.events;
    });
    expect(more).toEqual([...more.slice(0, -2).map(() => true), false, false]);
    const written = await source.log.transaction((transaction) => transaction.read({ after: 0, limit }));
    expect(all.events.map(({ position }) => position)).toEqual(numbers(total));
    expect(byUser.events).toHaveLength(total);
    expect(ofBob.events).toHaveLength(TURNS_EACH);
    for (const page of [all.largest, byUser.largest, ofBob.largest, bytesOf(written)])
      expect(page).toBeLessThanOrEqual(largestPage);
  });

  it('is exported as lines and as rows, never many of them at once', async () => {
    let [events, largest] = [0, 0];
    for await (const text of linesOf(reader, { after: 0 })) {
      events += text.match(/"turn\.recorded"/g)?.length ?? 0;
      largest = Math.max(largest, Buffer.byteLength(text));
    }
    // A line holds the data as JSON does, with an envelope.
    expect(largest).toBeLessThan(1.5 * largestPage);
    expect(events).toBe(total);
    const rows = [];
    for await (const { position } of eventRows(reader, { after: 0, upTo: total })) rows.push(position);
    expect(rows).toEqual(numbers(total));
  });

  it('is the same after an import, a second one, and a verification', async () => {
    const target = await database.open();
    try {
      const text = await exportText(source);
      const report = await importText(target, text);
      expect(report).toMatchObject({ events: total, verified: { ok: true, events: total } });
      expect(await importText(target, text)).toMatchObject({ events: 0, already: total });
      const appended = await importText(target, await exportText(source), { append: true });
      expect(appended).toMatchObject({ events: 0, already: total });
      expect(await target.log.head()).toEqual(await source.log.head());
      expect(await verified(source)).toMatchObject({ ok: true, events: total });
    } finally {
      await target.close();
    }
  });
});
