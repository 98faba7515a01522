import { Client } from 'pg';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import type { PageQuery } from '../../src/events/event-page.js';
import { receiptsTable } from '../../src/events/log/log-tables.js';
import { readEventBatch } from '../../src/events/log/postgresql-event-reader.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { dropDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { mostRowsRead, queriesOf } from '../support/postgresql-plan.js';

const EVENTS = 20_000;
const USERS = 400;
const LIMIT = 500;
/** A filter for types lets through one event of two; a step may read one row more than a page has. */
const MOST_READ = 2 * LIMIT + 10;
const MAX_BYTES = 4_000_000;

/** Every user has an event per round and two streams; the type of the events alternates. */
const FILL = `
  alter table events set (autovacuum_enabled = false);
  alter table streams set (autovacuum_enabled = false);
  alter table receipts set (autovacuum_enabled = false);
  insert into streams select 'user-' || n % ${USERS}, 'stream-' || n / ${USERS} % 2 || '-' || n % ${USERS}, n + 1
    from generate_series(0, 2 * ${USERS} - 1) n;
  insert into events (position, event_id, user_id, stream_key, version, type, schema_version, occurred_at, utc_offset,
      recorded_at, command_id, correlation_id, causation_id, actor, data, hash)
    select n + 1, decode(lpad(to_hex(n), 32, '0'), 'hex'), 'user-' || n % ${USERS}, n % (2 * ${USERS}) + 1,
      n / (2 * ${USERS}) + 1, case n % 2 when 0 then 'turn.recorded' else 'emotion.observed' end, 1, 1000 * n, 0,
      1000 * n, decode(lpad(to_hex(n), 32, '0'), 'hex'), null, null, 'test', '{"text":"' || repeat('x', 300) || '"}',
      sha256(n::text::bytea)
    from generate_series(0, ${EVENTS} - 1) n;
  insert into receipts (user_id, key_hash, idempotency_key, batch_index, request_hash, status, body, position, recorded_at)
    select 'user-' || n % ${USERS}, n * 7919 % 100003, 'key-' || n, -1, '\\x00', 201, '{}', n + 1, 1000 * n
    from generate_series(0, ${EVENTS} - 1) n`;

const AFTER = 4_000;
const BUSY = 'user-7';

/** What a page may ask for, of the log and of the feed. */
const PAGES: [string, Omit<PageQuery, 'format'>][] = [
  ['by position', { after: AFTER, limit: LIMIT }],
  ['up to a position', { after: AFTER, upTo: EVENTS, limit: LIMIT }],
  ['of a user', { after: 0, userId: BUSY, limit: 20 }],
  ['of a user, up to a position', { after: 0, upTo: EVENTS, userId: BUSY, limit: 20 }],
  ['of a stream', { after: 0, userId: BUSY, streamId: 'stream-0-7', limit: 20 }],
  [
    'of a stream, newest first',
    { after: 0, userId: BUSY, streamId: 'stream-0-7', limit: 20, newestFirst: true },
  ],
  [
    'of a user and a type, newest first',
    { after: 0, upTo: EVENTS, userId: BUSY, types: ['emotion.observed'], limit: 20, newestFirst: true },
  ],
  [
    'at positions',
    {
      after: 0,
      upTo: EVENTS,
      userId: BUSY,
      types: ['emotion.observed'],
      positions: [8, 408, 2_008],
      limit: 3,
    },
  ],
  ['of a type', { after: AFTER, types: ['turn.recorded'], limit: LIMIT }],
  ['of a type, up to a position', { after: AFTER, upTo: EVENTS, types: ['turn.recorded'], limit: LIMIT }],
  ['from a time on', { after: AFTER, from: 1000 * AFTER, limit: LIMIT }],
  ['before a time', { after: AFTER, to: 1000 * EVENTS, limit: LIMIT }],
  [
    'with every filter',
    {
      after: 0,
      upTo: EVENTS,
      userId: BUSY,
      types: ['emotion.observed'],
      from: 0,
      to: 1000 * EVENTS,
      limit: 20,
    },
  ],
];

describe.each([['without statistics'], ['with statistics']])(
  'the plan of every page on PostgreSQL, %s',
  (what) => {
    let url: string;
    let client: Client;
    let reader: StoreReader;

    beforeAll(async () => {
      url = await migratedDatabase();
      client = new Client({ connectionString: url });
      await client.connect();
      await client.query(FILL);
      if (what === 'with statistics') await client.query('analyze');
      reader = openStoreReader({ url });
    });

    afterAll(async () => {
      await reader.close();
      await client.end();
      await dropDatabase(url);
    });

    /** The most rows that one step of the query reads, planned with its parameters or without them. */
    async function rowsRead(work: () => Promise<unknown>): Promise<number> {
      const queries = await queriesOf(work);
      // With a page come the marks of what was taken back of it.
      const pages = queries.filter(({ text }) => !text.includes('"retractionId"'));
      if (pages.length !== 1) throw new Error('One page is expected.');
      const read: number[] = [];
      for (const query of queries)
        for (const generic of [false, true]) read.push(await mostRowsRead(client, query, { generic }));
      return Math.max(...read);
    }

    it.each(PAGES)('reads little more than the page: events %s', async (_, query) => {
      expect(await rowsRead(() => reader.events(query))).toBeLessThanOrEqual(MOST_READ);
    });

    it.each(PAGES)('reads little more than the page: a batch of events %s', async (_, query) => {
      const pool = openPool(url, 1);
      try {
        expect(await rowsRead(() => readEventBatch(pool, query, MAX_BYTES))).toBeLessThanOrEqual(MOST_READ);
      } finally {
        await pool.end();
      }
    });

    it('reads little more than the page: events by user', async () => {
      const place = { userId: BUSY, position: 100 };
      expect(await rowsRead(() => reader.eventsByUser(place, LIMIT))).toBeLessThanOrEqual(MOST_READ);
    });

    it('reads little more than the page: the user at an offset', async () => {
      expect(await rowsRead(() => reader.userAtOffset(BUSY, LIMIT))).toBeLessThanOrEqual(MOST_READ);
    });

    it('reads little more than the page: receipts of a page of events', async () => {
      const order = ['position', 'keyHash', 'userId', 'idempotencyKey', 'batchIndex'];
      const after = [AFTER, 0, '', '', 0];
      const filters = [['position', '<=', AFTER + LIMIT] as const];
      const query = { filters, order, after, limit: LIMIT };
      expect(await rowsRead(() => reader.rows(receiptsTable, query))).toBeLessThanOrEqual(MOST_READ);
    });

    it('finds out when a query reads the rest of the log', async () => {
      const everything = { text: 'select * from events order by hash limit 10', values: [] };
      expect(await mostRowsRead(client, everything, { generic: false })).toBe(EVENTS);
    });
  },
);
