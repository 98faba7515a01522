import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { Table } from '../../database/table.js';
import { checkpointsTable, type CheckpointRow } from '../../events/log/log-tables.js';
import { positionsOf, type Positions } from './positions.js';
import type { StoreSize } from './reads.js';

/** Reads the positions, size and counts of a SQLite file over any connection. */
export class SqliteFigures {
  private readonly selectHead: Database.Statement;
  private readonly selectCheckpoints: Database.Statement;
  private readonly countByType: Database.Statement;

  constructor(private readonly db: Database.Database) {
    this.selectHead = db.prepare('select max(position) from events').pluck();
    this.selectCheckpoints = db.prepare(`select projection, version, position from ${checkpointsTable.name}`);
    this.countByType = db
      .prepare('select type, count(*) from events where position > ? and position <= ? group by type')
      .raw();
  }

  positions(): Positions {
    const read = () =>
      positionsOf(
        (this.selectHead.get() as number | null) ?? 0,
        this.selectCheckpoints.all() as CheckpointRow[],
      );
    return this.db.transaction(read)();
  }

  async size(): Promise<StoreSize> {
    // The file's own size would leave out pages that are so far only in the write-ahead log.
    const pages = this.db.pragma('page_count', { simple: true }) as number;
    const pageBytes = this.db.pragma('page_size', { simple: true }) as number;
    const file = this.db.name;
    const [walBytes, disk] = await Promise.all([sizeOf(`${file}-wal`), statfs(dirname(file))]);
    return { databaseBytes: pages * pageBytes, walBytes, freeBytes: disk.bavail * disk.bsize };
  }

  countRows({ name }: Table): number {
    return this.db.prepare(`select count(*) from ${name}`).pluck().get() as number;
  }

  countEvents(after: number, upTo: number): Record<string, number> {
    return Object.fromEntries(this.countByType.all(after, upTo) as [string, number][]);
  }
}

/** The file's size in bytes; 0 if it does not exist. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
