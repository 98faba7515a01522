import type Database from 'better-sqlite3';
import { Piscina } from 'piscina';
import type { RowQuery } from '../../database/row-store.js';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { Key, Table } from '../../database/table.js';
import { Unavailable } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { LogHead } from '../../events/log/event-log.js';
import type { LastPositions, LogPoint } from '../../events/log/log-point.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { unwrap, type ThreadResult } from '../../thread-result.js';
import { memoriesTable } from '../memory-index.projection.js';
import type { MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { Reads, type StoreHead, type StoreSize } from './reads.js';
import type { MemoryMatches } from './search.js';
import { SqliteFigures } from './sqlite-figures.js';

/** Tasks that may wait for a thread; further tasks are refused with 503. */
const MAX_WAITING_TASKS = 1_000;
/** A thread with rare tasks starts on demand, and ends after this long without one, ms. */
const RARE = { minThreads: 0, idleTimeout: 30_000 };

/**
 * Reads over SQLite: point reads on a connection of the main thread, scans in worker threads. The scans that
 * chats wait for have their own thread, so clients paging through the log and operators counting rows never
 * delay them. Who reads page after page of the log has a thread of low priority: neither chats nor those who
 * follow the log at its end wait for it.
 */
export class SqliteReads extends Reads {
  private readonly db: Database.Database;
  private readonly rows: SqliteRows;
  private readonly log: SqliteEventReader;
  private readonly figures: SqliteFigures;
  private readonly chatThread: Piscina;
  private readonly logThread: Piscina;
  private readonly countThread: Piscina;
  private readonly replayThread: Piscina;

  constructor(file: string) {
    super();
    this.db = openForReading(file);
    this.rows = new SqliteRows(this.db);
    this.log = new SqliteEventReader(this.db);
    this.figures = new SqliteFigures(this.db);
    this.chatThread = oneThread(file);
    this.logThread = oneThread(file);
    this.countThread = oneThread(file, RARE);
    this.replayThread = oneThread(file, { ...RARE, patient: true });
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
    return run(this.chatThread, 'list', { table: table.name, query });
  };

  override async searchMemories(question: MemoryQuestion): Promise<MemoryMatches> {
    this.gate.check(memoriesTable);
    return run(this.chatThread, 'search', question);
  }

  override eventPage(query: PageQuery, { patient = false } = {}): Promise<EventPage> {
    return run(patient ? this.replayThread : this.logThread, 'eventPage', query);
  }

  override async storeId(): Promise<string> {
    return this.log.storeId();
  }

  override async storeHead(): Promise<StoreHead> {
    return { storeId: this.log.storeId(), head: this.log.head().position };
  }

  override async lastPositions(userId: string): Promise<LastPositions> {
    return this.log.lastPositions(userId);
  }

  override async positionAt(time: number): Promise<LogPoint> {
    return this.log.positionAt(time);
  }

  override async recordedAt(position: number): Promise<number | undefined> {
    return this.log.recordedAt(position);
  }

  override async logHead(): Promise<LogHead> {
    return this.log.head();
  }

  override async hashAt(position: number): Promise<string | undefined> {
    return this.log.read({ after: position - 1, upTo: position, limit: 1 })[0]?.hash;
  }

  override async positions(): Promise<Positions> {
    return this.figures.positions();
  }

  override size(): Promise<StoreSize> {
    return this.figures.size();
  }

  override countRows(table: Table): Promise<number> {
    return run(this.countThread, 'countRows', table.name);
  }

  override countEvents(after: number, upTo: number): Promise<Record<string, number>> {
    return run(this.countThread, 'countEvents', { after, upTo });
  }

  async close(): Promise<void> {
    const threads = [this.chatThread, this.logThread, this.countThread, this.replayThread];
    await Promise.all(threads.map((thread) => thread.close()));
    this.db.close();
  }
}

interface ThreadOptions {
  minThreads: number;
  idleTimeout?: number;
  /** Whether it lets other threads go first. */
  patient?: boolean;
}

function oneThread(
  file: string,
  { patient = false, ...options }: ThreadOptions = { minThreads: 1 },
): Piscina {
  return new Piscina({
    filename: new URL('./sqlite-read.worker.js', import.meta.url).href,
    workerData: { file, patient },
    maxThreads: 1,
    maxQueue: MAX_WAITING_TASKS,
    ...options,
  });
}

async function run<T>(thread: Piscina, name: string, task: unknown): Promise<T> {
  if (thread.queueSize >= MAX_WAITING_TASKS) throw Unavailable.busy(thread.queueSize);
  return unwrap((await thread.run(task, { name })) as ThreadResult<T>);
}
