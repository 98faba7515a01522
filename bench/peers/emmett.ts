// The peer: emmett's own SQLite store over its own driver, with its own settings.
import { join } from 'node:path';
import { getSQLiteEventStore, sqliteConnection, type SQLiteConnection } from '@event-driven-io/emmett-sqlite';
import Database from 'better-sqlite3';
import { eventSupply, type BenchEvent } from '../events.ts';
import { Tally, answerTask, durability, type PeerResult, type PeerTask } from './peer.ts';
import { PROJECTION_TABLES, projectionWrites } from './projection-sql.ts';

const COUNT_AFTER_MS = 2_000;
const EVENT_TYPES = ['turn.recorded', 'emotion.observed', 'memory.formed', 'profile.changed'];

async function run(task: PeerTask): Promise<PeerResult> {
  const fileName = join(task.folder, 'emmett.db');
  createInWalMode(fileName);
  const shared = task.sharedConnection ? sqliteConnection({ fileName }) : undefined;
  const store = getSQLiteEventStore({
    fileName,
    ...(shared ? { connectionOptions: { singleton: true, connection: shared } } : {}),
    ...(task.projections ? { projections: [{ type: 'inline', projection: inlineProjections() }] } : {}),
  });
  await store.schema.migrate();
  const observer = sqliteConnection({ fileName });
  const next = eventSupply(1, 4_000);
  const tally = new Tally(task);
  const writer = async () => {
    while (tally.running()) {
      // One append per event: emmett appends to one stream at a time.
      for (const { streamId, type, data, userId } of next()) {
        try {
          await store.appendToStream(streamId, [{ type, data: { ...data, userId } }]);
          tally.events++;
        } catch {
          tally.failed++;
        }
      }
      tally.commands++;
    }
  };
  const uncommitted = noteUncommitted(observer, tally);
  await Promise.all(Array.from({ length: task.writers }, writer));
  const result = tally.result();
  const settings = await durabilityOf(observer);
  const note = await uncommitted;
  observer.close();
  shared?.close();
  return { ...result, durability: settings, note };
}

/**
 * A file in WAL mode: emmett does not wait for its own switch to WAL, and its first transaction then fails.
 */
function createInWalMode(fileName: string): void {
  const db = new Database(fileName);
  db.pragma('journal_mode = wal');
  db.exec('create table warm (x); drop table warm');
  db.close();
}

/**
 * Counts, from another connection, the events that are acknowledged but not committed: they may still be
 * lost.
 */
async function noteUncommitted(observer: SQLiteConnection, tally: Tally): Promise<string | undefined> {
  await new Promise((resolve) => setTimeout(resolve, COUNT_AFTER_MS));
  const acknowledged = tally.events;
  const row = await observer.querySingle<{ count: number }>('select count(*) count from emt_messages');
  const missing = acknowledged - (row?.count ?? 0);
  if (missing <= 64) return undefined;
  return `after two seconds ${missing} of ${acknowledged} acknowledged events were not committed`;
}

async function durabilityOf(connection: SQLiteConnection): Promise<string> {
  const mode = await connection.querySingle<{ journal_mode: string }>('pragma journal_mode');
  const sync = await connection.querySingle<{ synchronous: number }>('pragma synchronous');
  return durability(mode?.journal_mode, sync?.synchronous);
}

/** The four projections, inside emmett's own transaction. */
function inlineProjections() {
  let position = 0;
  return {
    name: 'bench',
    canHandle: EVENT_TYPES,
    init: async ({ context }: { context: { connection: SQLiteConnection } }) => {
      for (const sql of PROJECTION_TABLES) await context.connection.command(sql);
    },
    handle: async (
      events: { type: string; data: BenchEvent['data'] }[],
      context: { connection: SQLiteConnection },
    ) => {
      for (const { type, data } of events) {
        const event = { streamId: '', userId: String(data.userId), type, data };
        for (const [sql, values] of projectionWrites(event, ++position, Date.now())) {
          await context.connection.command(sql, [...values]);
        }
      }
    },
  };
}

answerTask(run);
