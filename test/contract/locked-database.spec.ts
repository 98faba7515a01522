import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import type { LogTransaction } from '../../src/events/log/event-log.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import { EventWriter } from '../../src/writer/event-writer.js';
import { append, joy, positionsOf, refusal } from '../support/appends.js';
import { noFolds } from '../support/no-folds.js';
import { migratedFile } from '../support/scratch.js';

/** The real log, which also counts how often the writer tries to take its lock. */
class CountingLog extends SqliteEventLog {
  attempts = 0;

  override transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    this.attempts += 1;
    return super.transaction(work);
  }
}

describe('a database that another connection has locked', () => {
  let file: string;
  let db: Database.Database;
  let other: Database.Database;

  beforeEach(async () => {
    file = await migratedFile();
    db = openForWriting(file);
    db.pragma('busy_timeout = 20');
    other = openForWriting(file);
  });

  afterEach(async () => {
    other.close();
    db.close();
    await rm(dirname(file), { recursive: true });
  });

  it('is tried once for a whole batch: all its commands get 503, and a later one succeeds', async () => {
    const log = new CountingLog(db);
    const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds: noFolds, clock: Date.now };
    const writer = new EventWriter(log, parts);
    other.exec('begin immediate');

    const waiting = [1, 2, 3].map(() => refusal(writer.write(append([joy()]))));
    const refusals = await Promise.all(waiting);
    const attemptsWhileLocked = log.attempts;
    other.exec('rollback');
    const written = await writer.write(append([joy()]));
    await writer.close();

    expect(refusals.map(({ code, status }) => `${status} ${code}`)).toEqual(
      Array.from({ length: 3 }, () => '503 database.unavailable'),
    );
    expect(attemptsWhileLocked).toBe(1);
    expect(positionsOf(written)).toEqual([1]);
  });
});
