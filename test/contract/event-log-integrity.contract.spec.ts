import { chainHash, GENESIS } from '../../src/events/log/event-hash.js';
import type { StoredEvent } from '../../src/events/log/event-log.js';
import { withoutData } from '../../src/events/log/event-seal.js';
import { allEvents, append, feeling, joy, malformed, numbers, writeTogether } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { brokenAt } from '../support/event-chain.js';
import { brittleFolds, UNSTORABLE } from '../support/folds.js';
import type { TestDatabase } from '../support/test-database.js';

const SALT = '0123456789abcdef0123456789abcdef';

const EVENT: Omit<StoredEvent, 'hash' | 'streamKey'> = {
  position: 7,
  eventId: '01987654-3210-7abc-8def-0123456789ab',
  userId: 'ada',
  streamId: 'memory:größe 🗼',
  version: 2,
  type: 'memory.forgotten',
  schemaVersion: 1,
  occurredAt: 1_740_988_800_000,
  utcOffset: -480,
  recordedAt: 1_740_988_800_123,
  commandId: '01987654-3210-7abc-8def-0123456789ac',
  correlationId: 'chat turn 7',
  causationId: null,
  actor: 'api',
  data: '{"memoryId":"größe 🗼","reason":null}',
};

/** Statements that the database itself must refuse, whatever the rights of the user. */
const FORBIDDEN = [
  `update events set data = '{}' where position = 4`,
  'update events set position = position + 100',
  `update events set actor = actor where position = 10`,
  'delete from events where position = 4',
  'delete from events where position = 10',
  'delete from events',
];

/** What a person's erasure sets, whose salt is a column of bytes; `digest` has 32 of them. */
const ERASE = (bytes: (hex: string) => string, digest = '0a'.repeat(32)) =>
  `update events set data = '', seal = ${bytes(digest)}`;

/** Changes that are nearly an erasure, and that the database refuses although ada's erasure is pending. */
function nearErasures(bytes: (hex: string) => string): { what: string; sql: string }[] {
  const erase = ERASE(bytes);
  return [
    { what: 'of another user', sql: `${erase} where position = 9` },
    { what: 'after the erasing event', sql: `${erase} where position = 10` },
    { what: 'that keeps the salt', sql: `update events set data = '' where position = 4` },
    { what: 'without any seal', sql: `update events set data = '', seal = null where position = 4` },
    { what: 'with another salt', sql: `${ERASE(bytes, '0a'.repeat(16))} where position = 4` },
    { what: 'with a longer digest', sql: `${ERASE(bytes, '0a'.repeat(33))} where position = 4` },
    {
      what: 'that leaves data',
      sql: `update events set data = '{}', seal = ${bytes('0a'.repeat(32))} where position = 4`,
    },
    {
      what: 'that leaves the data',
      sql: `update events set seal = ${bytes('0a'.repeat(32))} where position = 4`,
    },
    ...[
      'event_id = command_id',
      `user_id = 'bob'`,
      'position = 14',
      'stream_key = 2',
      'version = 9',
      `type = 'user.erased'`,
      'schema_version = 2',
      'occurred_at = 1',
      'utc_offset = 60',
      'recorded_at = 1',
      'command_id = event_id',
      `correlation_id = 'x'`,
      'causation_id = event_id',
      `actor = 'x'`,
      `hash = ${bytes('0a'.repeat(32))}`,
    ].map((change) => ({ what: `with ${change}`, sql: `${erase}, ${change} where position = 4` })),
    { what: 'of an erased event', sql: `${erase} where position = 3` },
    { what: 'that is undone', sql: `update events set data = '{}' where position = 3` },
    {
      what: 'that is undone with its salt',
      sql: `update events set data = '{}', seal = ${bytes('0a'.repeat(16))} where position = 3`,
    },
    { what: 'that deletes', sql: 'delete from events where position = 3' },
    { what: 'of an event without a seal that gets one', sql: `${erase} where position = 2` },
  ];
}

/** Ways to tamper with a log of ten events, and the position at which the hash chain breaks. */
const TAMPERINGS: [string, string, number][] = [
  ['changed data', `update events set data = '{"emotion":"fear"}' where position = 4`, 4],
  ['one changed letter', `update events set data = replace(data, 'joy', 'Joy') where position = 10`, 10],
  ['another user', `update events set user_id = 'mallory' where position = 3`, 3],
  ['another type', `update events set type = 'user.registered' where position = 2`, 2],
  ['another schema version', 'update events set schema_version = 2 where position = 2', 2],
  ['another version', 'update events set version = 99 where position = 6', 6],
  ['another time of occurrence', 'update events set occurred_at = occurred_at + 1 where position = 5', 5],
  ['another offset', 'update events set utc_offset = 60 where position = 5', 5],
  ['another time of recording', 'update events set recorded_at = recorded_at - 1 where position = 1', 1],
  ['another actor', `update events set actor = 'nobody' where position = 8`, 8],
  ['another correlation', `update events set correlation_id = 'x' where position = 9`, 9],
  ['another cause', 'update events set causation_id = event_id where position = 9', 9],
  ['another event id', 'update events set event_id = command_id where position = 7', 7],
  ['another command id', 'update events set command_id = event_id where position = 7', 7],
  [
    'a copied hash',
    'update events set hash = (select hash from events where position = 1) where position = 6',
    6,
  ],
  ['a missing event', 'delete from events where position = 5', 5],
  ['a missing first event', 'delete from events where position = 1', 1],
  [
    'another salt',
    `update events set seal = (select seal from events where position = 1) where position = 7`,
    7,
  ],
  ['a missing salt', 'update events set seal = null where position = 7', 7],
  ['an event that moved', 'update events set position = 11 where position = 8', 8],
  ['a renamed stream', `update streams set stream_id = 'c' where stream_key = 2`, 2],
  ['a missing stream', 'delete from streams where stream_key = 2', 2],
];

/** Writes ten events in several commits, streams and users, with a restart and some refusals between them. */
async function tenEvents(db: TestDatabase): Promise<void> {
  await writeTogether(db.writer(brittleFolds()), [
    append([joy('a'), joy('b')], { key: 'k', correlationId: 'chat turn 7' }),
    append([joy('a'), malformed()]),
    append([joy('a')]),
  ]);
  await db.reopen();
  const writer = db.writer(brittleFolds());
  await writeTogether(writer, [
    append([joy('a'), feeling(UNSTORABLE)]),
    append([joy('a')], { userId: 'bob' }),
  ]);
  await writer.write(append([joy('b'), { ...joy('a'), causedBy: 0 }]));
  await writeTogether(
    writer,
    numbers(4).map(() => append([joy('a')])),
  );
}

for (const database of DATABASES) {
  describe(`${database.name}: the immutability of the log`, () => {
    let db: TestDatabase;

    // Shared by all tests: none of the statements may change anything.
    beforeAll(async () => {
      db = await database.open();
      await tenEvents(db);
    });

    afterAll(() => db.close());

    it.each([...FORBIDDEN.map((sql) => ({ what: sql, sql })), ...database.bypasses])(
      'is enforced by the database itself against $what',
      async ({ sql }) => {
        const before = await allEvents(db.log);

        await expect(db.execute(sql)).rejects.toThrow('events are immutable');

        expect(await allEvents(db.log)).toEqual(before);
      },
    );
  });

  describe(`${database.name}: the erasure of an event`, () => {
    const bytes = database.name === 'SQLite' ? (hex: string) => `x'${hex}'` : (hex: string) => `'\\x${hex}'`;
    let db: TestDatabase;

    // Shared by all tests: none of the statements may change anything.
    beforeAll(async () => {
      db = await database.open();
      await tenEvents(db);
      // As a release before the seal wrote it.
      await db.tamper('update events set seal = null where position = 2');
      await db.execute(`insert into erasures (user_id, position, pending) values ('ada', 9, true)`);
      await db.execute(`${ERASE(bytes)} where position = 3`);
    });

    afterAll(() => db.close());

    it('leaves no data, and a digest instead of the salt', async () => {
      const [, , third] = await allEvents(db.log);

      expect(third).toMatchObject({ data: '', seal: '0a'.repeat(32), userId: 'ada' });
    });

    it.each(nearErasures(bytes))(
      'is the only change that the database allows: not one $what',
      async ({ sql }) => {
        const before = await allEvents(db.log);

        await expect(db.execute(sql)).rejects.toThrow('events are immutable');

        expect(await allEvents(db.log)).toEqual(before);
      },
    );

    it('leaves no data of an event without a seal either', async () => {
      const other = await database.open();
      await tenEvents(other);
      await other.tamper('update events set seal = null where position = 2');
      await other.execute(`insert into erasures (user_id, position, pending) values ('ada', 9, true)`);
      await other.execute(`update events set data = '' where position = 2`);
      const [, second] = await allEvents(other.log);
      await other.close();

      expect(second).toMatchObject({ data: '', seal: null });
    });
  });

  describe(`${database.name}: the erasure of an event by a retraction`, () => {
    const bytes = database.name === 'SQLite' ? (hex: string) => `x'${hex}'` : (hex: string) => `'\\x${hex}'`;
    let db: TestDatabase;

    // Shared by all tests: none of the statements may change anything.
    beforeAll(async () => {
      db = await database.open();
      await tenEvents(db);
      await db.tamper('update events set seal = null where position = 2');
      await db.tamper(`update events set type = 'events.retracted' where position = 5`);
      const columns = 'user_id, position, retraction_id, restored_at, erasure';
      await db.execute(`insert into retractions (${columns}) values ('ada', 9, 'r9', null, 1)`);
      await db.execute(`insert into retractions (${columns}) values ('ada', 8, 'r8', null, null)`);
      for (const [position, retraction] of [
        [2, 9],
        [3, 9],
        [4, 9],
        [5, 9],
        [6, 8],
      ])
        await db.execute(`insert into retracted_events values ('ada', ${position}, ${retraction})`);
      await db.execute(`${ERASE(bytes)} where position = 3`);
    });

    afterAll(() => db.close());

    it('leaves no data, and a digest instead of the salt', async () => {
      const [, , third] = await allEvents(db.log);

      expect(third).toMatchObject({ data: '', seal: '0a'.repeat(32), userId: 'ada' });
    });

    it.each([
      ...nearErasures(bytes),
      { what: 'that the retraction does not name', sql: `${ERASE(bytes)} where position = 7` },
      { what: 'of a retraction that erases nothing', sql: `${ERASE(bytes)} where position = 6` },
      { what: 'of a retraction itself', sql: `${ERASE(bytes)} where position = 5` },
      { what: 'of an event without a seal', sql: `update events set data = '' where position = 2` },
    ])('is the only change that the database allows: not one $what', async ({ sql }) => {
      const before = await allEvents(db.log);

      await expect(db.execute(sql)).rejects.toThrow('events are immutable');

      expect(await allEvents(db.log)).toEqual(before);
    });
  });

  describe(`${database.name}: the hash chain`, () => {
    let db: TestDatabase;

    beforeEach(async () => {
      db = await database.open();
      await tenEvents(db);
    });

    afterEach(() => db.close());

    it('is unbroken across commits, refusals, failed commits and a restart', async () => {
      const events = await allEvents(db.log);

      expect(events).toHaveLength(10);
      expect(brokenAt(events)).toBeUndefined();
      expect(await db.log.head()).toMatchObject({ position: 10, hash: events.at(-1)?.hash });
    });

    it('starts from a fixed value', async () => {
      const empty = await database.open();
      const head = await empty.log.head();
      await empty.close();
      const [first] = await allEvents(db.log);
      const { streamKey: _key, hash, ...event } = first as StoredEvent;

      expect(head).toEqual({ position: 0, hash: GENESIS, recordedAt: 0 });
      expect(GENESIS).toBe('0'.repeat(64));
      expect(hash).toBe(chainHash(GENESIS, event));
    });

    it.each(TAMPERINGS)('reveals %s (%s) at position %i', async (_what, sql, position) => {
      await db.tamper(sql);

      expect(brokenAt(await allEvents(db.log))).toBe(position);
    });
  });
}

describe('the hash of an event', () => {
  it('is the same in every release, for text and for bytes', () => {
    const text = chainHash(GENESIS, EVENT);
    const bytes = chainHash(GENESIS, { ...EVENT, data: new TextEncoder().encode(EVENT.data as string) });

    expect(text).toBe('8f5e453cdda8e4adb0e1204f9d6188f1e3ecae42d584480b27c5da7171f5d4de');
    expect(bytes).toBe(text);
  });

  it('is the same in every release for an event with a salt, and stays the same without its data', () => {
    const sealed = { ...EVENT, seal: SALT };
    const text = chainHash(GENESIS, sealed);
    const bytes = chainHash(GENESIS, { ...sealed, data: new TextEncoder().encode(EVENT.data as string) });

    expect(text).toBe('cf4853299a22bdc7d8d48ec1e0e01870bf53f6a35fd27365dcd5637b1c0b2280');
    expect(bytes).toBe(text);
    expect(chainHash(GENESIS, withoutData(sealed))).toBe(text);
    expect(withoutData(sealed)).toMatchObject({ data: '', seal: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is not that of another event whose data is the digest', () => {
    const sealed = withoutData({ ...EVENT, seal: SALT });
    const unsealed = [sealed.seal ?? '', `"${sealed.seal}"]`, `,"${sealed.seal}"]`].map((data) =>
      chainHash(GENESIS, { ...EVENT, data }),
    );

    expect(unsealed).not.toContain(chainHash(GENESIS, sealed));
  });

  it('depends on the hash before it and on every field', () => {
    const changed: Omit<StoredEvent, 'hash' | 'streamKey'>[] = [
      { ...EVENT, position: 8 },
      { ...EVENT, eventId: EVENT.commandId },
      { ...EVENT, userId: 'Ada' },
      { ...EVENT, streamId: 'memory:grösse 🗼' },
      { ...EVENT, version: 3 },
      { ...EVENT, type: 'memory.formed' },
      { ...EVENT, schemaVersion: 2 },
      { ...EVENT, occurredAt: EVENT.occurredAt + 1 },
      { ...EVENT, utcOffset: 0 },
      { ...EVENT, recordedAt: EVENT.recordedAt + 1 },
      { ...EVENT, commandId: EVENT.eventId },
      { ...EVENT, correlationId: EVENT.commandId },
      { ...EVENT, causationId: EVENT.eventId },
      { ...EVENT, actor: 'cli' },
      { ...EVENT, data: `${EVENT.data as string} ` },
      { ...EVENT, seal: '0'.repeat(32) },
    ];
    const salted = changed.map((event) => ({ seal: SALT, ...event }));
    const hashes = [EVENT, ...changed, { ...EVENT, seal: SALT }, ...salted].map((event) =>
      chainHash(GENESIS, event),
    );

    // The last change has the same seal in both lists.
    expect(new Set([...hashes, chainHash('1'.repeat(64), EVENT)]).size).toBe(2 * changed.length + 2);
    expect(Object.keys(EVENT)).toHaveLength(changed.length - 1);
  });
});
