import type Database from 'better-sqlite3';
import { Piscina } from 'piscina';
import type { RowQuery } from '../../database/row-store.js';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { Key, Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { valueOf, type ThreadResult } from '../../thread-result.js';
import { memoriesTable } from '../memory-index.projection.js';
import type { MemoryHit, MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { Reads, type StoreSize } from './reads.js';
import { SqliteFigures } from './sqlite-figures.js';

/** Tasks that may wait for a thread; more are refused with 503. */
const MAX_WAITING_TASKS = 1_000;
/** After so long without a task a thread that is not always needed ends. */
const IDLE_MS = 30_000;

/**
 * Reads over SQLite: points on a connection of the main thread, scans in worker threads. What the chat waits for has
 * a thread of its own, so that analysts paging through the log never hold it up, nor operators counting rows either.
 */
export class SqliteReads extends Reads {
  private readonly db: Database.Database;
  private readonly rows: SqliteRows;
  private readonly log: SqliteEventReader;
  private readonly figures: SqliteFigures;
  private readonly chat: Piscina;
  private readonly feed: Piscina;
  private readonly counts: Piscina;

  constructor(file: string) {
    super();
    this.db = openForReading(file);
    this.rows = new SqliteRows(this.db);
    this.log = new SqliteEventReader(this.db);
    this.figures = new SqliteFigures(this.db);
    this.chat = pool(file);
    this.feed = pool(file);
    // Asked for rarely: the thread comes when it is needed and goes.
    this.counts = pool(file, { minThreads: 0, idleTimeout: IDLE_MS });
  }

  override get = async <Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined> => {
    this.gate.check(table);
    return this.rows.load(table, key) as Row | undefined;
  };

  override getAll = async <Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]> => {
    this.gate.check(table);
    const load = (): Row[] =>
      keys.map((key) => this.rows.load(table, key) as Row | undefined).filter((row) => row !== undefined);
    return this.db.transaction(load)();
  };

  override list = async <Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> => {
    this.gate.check(table);
    return run(this.chat, 'list', { table: table.name, query });
  };

  override async searchMemories(question: MemoryQuestion): Promise<MemoryHit[]> {
    this.gate.check(memoriesTable);
    return run(this.chat, 'search', question);
  }

  override eventPage(query: PageQuery): Promise<EventPage> {
    return run(this.feed, 'eventPage', query);
  }

  override async headPosition(): Promise<number> {
    return this.log.head().position;
  }

  override async positions(): Promise<Positions> {
    return this.figures.positions();
  }

  override size(): Promise<StoreSize> {
    return this.figures.size();
  }

  override countRows(table: Table): Promise<number> {
    return run(this.counts, 'countRows', table.name);
  }

  override countEvents(after: number, upTo: number): Promise<Record<string, number>> {
    return run(this.counts, 'countEvents', { after, upTo });
  }

  async close(): Promise<void> {
    await Promise.all([this.chat.close(), this.feed.close(), this.counts.close()]);
    this.db.close();
  }
}

function pool(
  file: string,
  options: { minThreads: number; idleTimeout?: number } = { minThreads: 1 },
): Piscina {
  return new Piscina({
    filename: new URL('./sqlite-read.worker.js', import.meta.url).href,
    workerData: { file },
    maxThreads: 1,
    maxQueue: MAX_WAITING_TASKS,
    ...options,
  });
}

async function run<T>(threads: Piscina, name: string, task: unknown): Promise<T> {
  if (threads.queueSize >= MAX_WAITING_TASKS) throw Unavailable.busy(threads.queueSize);
  return valueOf((await threads.run(task, { name })) as ThreadResult<T>);
}
