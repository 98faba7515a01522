import type { ScannedEvent, StoredEvent } from '../../src/events/log/event-log.js';
import { receiptsTable } from '../../src/events/log/log-tables.js';
import type { StoreReader, UserPlace } from '../../src/projections/folding/store-reader.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { allEvents, append, feeling, joy } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { noFolds } from '../support/no-folds.js';
import type { TestDatabase } from '../support/test-database.js';

const bytes = ({ userId }: StoredEvent) => Buffer.from(userId);

/** The fields of an event that folds need. */
function scanned(event: StoredEvent): ScannedEvent {
  const { eventId, commandId, correlationId, causationId, actor, seal, hash, ...rest } = event;
  expect([eventId, commandId, correlationId, causationId, actor, seal, hash]).toHaveLength(7);
  return rest;
}

const USERS = ['Zoe', 'ada', 'bob', 'élan'];

for (const database of DATABASES) {
  describe(`${database.name}: a store reader`, () => {
    let db: TestDatabase;
    let reader: StoreReader;

    const write = (userId: string, key?: string) =>
      db
        .writer(noFolds)
        .write(append([joy(), feeling('calm')], { userId, ...(key !== undefined && { key }) }));

    // Shared by all tests; those that write come last, and append after what the others read.
    beforeAll(async () => {
      db = await database.open();
      for (const userId of [...USERS, ...USERS.toReversed()]) await write(userId);
      reader = openStoreReader(db.address);
    });

    afterAll(async () => {
      await reader.close();
      await db.close();
    });

    it.each([1, 3, 100])('reads every user one after another, %i events a page', async (limit) => {
      const read: ScannedEvent[] = [];
      let place: UserPlace = { userId: '', position: 0 };
      for (;;) {
        const page = await reader.eventsByUser(place, limit);
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) break;
        read.push(...page);
        place = page.at(-1) as ScannedEvent;
      }
      const sorted = (await allEvents(db.log)).toSorted(
        (a, b) => Buffer.compare(bytes(a), bytes(b)) || a.position - b.position,
      );
      expect(read).toEqual(sorted.map(scanned));
    });

    it.each([
      ['', 0, 'Zoe'],
      ['', 3, 'Zoe'],
      ['', 4, 'ada'],
      ['', 15, 'élan'],
      ['', 16, undefined],
      ['Zoe', 0, 'ada'],
      ['ada', 4, 'élan'],
      ['b', 0, 'bob'],
      ['élan', 0, undefined],
    ])('finds the user after "%s" at an offset of %i events', async (after, events, user) => {
      expect(await reader.userAtOffset(after, events)).toBe(user);
    });

    it('reads receipts by position', async () => {
      for (const key of ['b', 'a', 'c']) await write('ada', key);
      const page = await reader.rows(receiptsTable, {
        filters: [['position', '<=', 20]],
        order: ['position', 'idempotencyKey'],
        after: [18, 'b'],
        limit: 10,
      });
      expect(page.map(({ idempotencyKey, position }) => [idempotencyKey, position])).toEqual([['a', 20]]);
    });

    it('sees a fixed head inside a snapshot, and the present head after it', async () => {
      const before = await reader.head();
      await reader.snapshot(async () => {
        expect(await reader.head()).toEqual(before);
        await write('newcomer');
        expect(await reader.head()).toEqual(before);
        expect(await reader.events({ after: before.position, limit: 10 })).toEqual([]);
      });
      expect(await reader.head()).toEqual(await db.log.head());
      expect(await reader.events({ after: before.position, limit: 10 })).toHaveLength(2);
    });
  });
}
