import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { emotion, ids, joyfulTurn, memory } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { readExposition, valueOf } from '../support/exposition.js';
import { runSql } from '../support/postgresql-databases.js';
import { onPostgresql, Store } from '../support/store.js';

interface Projections {
  items: {
    name: string;
    version: number;
    position: number;
    lag: number;
    rows: number;
    state: string;
    lastError?: string;
  }[];
  head: number;
  countedAt: string;
}

interface Stats {
  users: number;
  events: number;
  eventsByType: Record<string, number>;
  rowsByProjection: Record<string, number>;
  databaseBytes: number;
  bytesPerEvent: number | null;
  walBytes: number | null;
  uptimeSeconds: number;
  countedAt: string;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const projections = async () => (await store.get<Projections>('/v1/ops/projections')).body;
const stats = async () => (await store.get<Stats>('/v1/ops/stats')).body;

/** Runs a statement directly on the database, past the running service. */
async function runDirectly(sql: string): Promise<void> {
  if (onPostgresql()) {
    await runSql(store.databaseUrl ?? '', sql);
    return;
  }
  const db = new Database(join(store.dataDir, 'edgesoul.db'));
  db.exec(sql);
  db.close();
}

describe('GET /v1/ops/stats', () => {
  it('returns zero counts for a new store', async () => {
    const { eventsByType, ...empty } = await stats();
    expect(empty).toMatchObject({ users: 0, events: 0, bytesPerEvent: null });
    expect(new Set(Object.values(eventsByType))).toEqual(new Set([0]));
  });

  it('counts users, events and rows exactly after every write', async () => {
    for (const id of ids('user', 3)) {
      const user = store.user(id);
      await user.post('/turns', joyfulTurn());
      await user.post('/memories', memory({ memoryId: 'boat' }));
      await user.post('/memories', memory({ memoryId: 'gone' }));
      await user.delete('/memories/gone');
      await user.post('/emotions', emotion({ emotion: 'calm' }));
      const log = await readLog(store);
      const { users, events, eventsByType, rowsByProjection } = await stats();
      expect(users).toBe(new Set(log.map(({ userId }) => userId)).size);
      expect(events).toBe(log.length);
      for (const [type, count] of Object.entries(eventsByType))
        expect([type, count]).toEqual([type, log.filter((event) => event.type === type).length]);
      expect(Object.values(eventsByType).reduce((sum, count) => sum + count)).toBe(log.length);
      // The emotions joy and calm, each with its day and its triggers: harbour and morning, and harbour.
      // One memory and a summary; the session, its turn, the summary and the active day; a block of facts.
      expect(rowsByProjection).toEqual({
        'current-profile': users,
        'memory-index': 2 * users,
        'emotion-trend': 7 * users,
        'conversation-window': 4 * users,
        'user-activity': users,
        'context-uses': 0,
        'memory-embeddings': 0,
      });
    }
  });

  it('returns the size of the database and the uptime of the process', async () => {
    const { events, databaseBytes, bytesPerEvent, walBytes, uptimeSeconds, countedAt } = await stats();
    expect(databaseBytes).toBeGreaterThan(10_000);
    expect(bytesPerEvent).toBe(Math.round(databaseBytes / events));
    // PostgreSQL's WAL belongs to the server, not to this database.
    expect(walBytes === null ? 'none' : walBytes > 0).toBe(onPostgresql() ? 'none' : true);
    const { series } = readExposition((await store.get<string>('/metrics')).text);
    for (const name of ['edgesoul_database_wal_size_bytes', 'edgesoul_disk_free_bytes'])
      expect([name, series.has(name) && series.get(name) !== 0]).toEqual([name, !onPostgresql()]);
    expect(uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(uptimeSeconds).toBeLessThan(600);
    expect(Math.abs(Date.now() - Date.parse(countedAt))).toBeLessThan(10_000);
  });

  it('returns the same counts after a restart', async () => {
    const before = await stats();
    await store.restart();
    const { users, eventsByType, rowsByProjection } = await stats();
    expect({ users, eventsByType, rowsByProjection }).toEqual({
      users: before.users,
      eventsByType: before.eventsByType,
      rowsByProjection: before.rowsByProjection,
    });
  });

  it('counts each event once when requests overlap', async () => {
    const answers = await Promise.all([
      stats(),
      store.user('user-1').post('/emotions', emotion()),
      stats(),
      stats(),
    ]);
    const log = await readLog(store);
    for (const each of [answers[0], answers[2], answers[3]]) {
      const sum = Object.values(each.eventsByType).reduce((total, count) => total + count);
      expect(sum).toBe(each.events);
      expect(each.events).toBeLessThanOrEqual(log.length);
    }
    expect((await stats()).events).toBe(log.length);
  });

  it('refuses query parameters, as GET /v1/ops/projections does', async () => {
    expect((await store.get('/v1/ops/stats?users=1')).status).toBe(400);
    expect((await store.get('/v1/ops/projections?users=1')).status).toBe(400);
  });
});

describe('the projections', () => {
  it('are live at the head after a write, with their row counts', async () => {
    const { position } = (await store.user('user-1').post<{ position: number }>('/emotions', emotion())).body;
    const { items, head } = await projections();
    const { rowsByProjection } = await stats();
    expect(head).toBe(position);
    expect(items.map(({ name }) => name)).toEqual(Object.keys(rowsByProjection));
    for (const item of items) {
      expect(item).toEqual({
        name: item.name,
        version: expect.any(Number),
        position,
        lag: 0,
        rows: rowsByProjection[item.name],
        state: 'live',
      });
    }
  });

  it('are reported as failed, also to Prometheus, when they stop behind the head', async () => {
    await runDirectly(`insert into failures (projection, position, event_id, cause, failed_at)
      values ('memory-index', 3, 'an-event', 'it does not fit', 1772000000000)`);
    await runDirectly(`update checkpoints set position = 2 where projection = 'memory-index'`);
    const { items, head } = await projections();
    expect(items.map(({ name, lag, state }) => [name, lag, state])).toEqual([
      ['current-profile', 0, 'live'],
      ['memory-index', head - 2, 'failed'],
      ['emotion-trend', 0, 'live'],
      ['conversation-window', 0, 'live'],
      ['user-activity', 0, 'live'],
      ['context-uses', 0, 'live'],
      ['memory-embeddings', 0, 'live'],
    ]);
    expect(items[1]?.lastError).toMatch(/position 3.*it does not fit/);
    const scraped = readExposition((await store.get<string>('/metrics')).text);
    expect(valueOf(scraped, 'edgesoul_projection_lag_events{projection="memory-index"}')).toBe(head - 2);
    expect(valueOf(scraped, 'edgesoul_projection_lag_events{projection="current-profile"}')).toBe(0);
    expect(valueOf(scraped, 'edgesoul_ready')).toBe(0);
  });

  it('are brought up to date by the running service when they lag or have an older version', async () => {
    await runDirectly(`delete from failures`);
    await runDirectly(`update checkpoints set version = 0 where projection = 'emotion-trend'`);
    let { items } = await projections();
    while (items.some(({ state }) => state !== 'live')) {
      await sleep(50);
      ({ items } = await projections());
    }
    expect(items.map(({ version, lag }) => [version, lag])).toEqual(
      PROJECTIONS.map(({ version }) => [version, 0]),
    );
    expect((await store.user('ada').get('/emotions')).status).toBe(200);
    expect(valueOf(readExposition((await store.get<string>('/metrics')).text), 'edgesoul_ready')).toBe(1);
  });
});
