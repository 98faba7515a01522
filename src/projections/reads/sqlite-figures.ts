import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { Table } from '../../database/table.js';
import { checkpointsTable, type CheckpointRow } from '../../events/log/log-tables.js';
import { positionsOf, type Positions } from './positions.js';
import type { StoreSize } from './reads.js';

/** What operators ask of a SQLite file, on whichever connection. */
export class SqliteFigures {
  private readonly head: Database.Statement;
  private readonly checkpoints: Database.Statement;
  private readonly events: Database.Statement;

  constructor(private readonly db: Database.Database) {
    this.head = db.prepare('select max(position) from events').pluck();
    this.checkpoints = db.prepare(`select projection, version, position from ${checkpointsTable.name}`);
    this.events = db
      .prepare('select type, count(*) from events where position > ? and position <= ? group by type')
      .raw();
  }

  positions(): Positions {
    const read = () =>
      positionsOf((this.head.get() as number | null) ?? 0, this.checkpoints.all() as CheckpointRow[]);
    return this.db.transaction(read)();
  }

  async size(): Promise<StoreSize> {
    // Not the file's own size, which says nothing of the pages that still stand in the write-ahead log only.
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
    return Object.fromEntries(this.events.all(after, upTo) as [string, number][]);
  }
}

/** 0 for a file that is not there. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
