import type Database from 'better-sqlite3';
import { Piscina } from 'piscina';
import type { RowQuery } from '../../database/row-store.js';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { Key, Table } from '../../database/table.js';
import { MINUTE_MS } from '../../durations.js';
import { Unavailable } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { LogHead } from '../../events/log/event-log.js';
import type { LastPositions, LogPoint } from '../../events/log/log-point.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { unwrap, type ThreadResult } from '../../thread-result.js';
import { memoryEmbeddingsTable } from '../memory-embeddings.projection.js';
import { memoriesTable } from '../memory-index.projection.js';
import { ChatThread } from './chat-thread.js';
import type { Positions } from './positions.js';
import { Reads, type StoreHead, type StoreSize } from './reads.js';
import type { MemoryQuestion } from './search/memory-search.js';
import type { MemoryMatches } from './search/search.js';
import { SqliteFigures } from './sqlite-figures.js';
import type { ReadWorkerData } from './sqlite-read.worker.js';

/** Tasks that may wait for a thread; further tasks are refused with 503. */
const MAX_WAITING_TASKS = 1_000;
/** A thread with rare tasks starts on demand, and ends after this long without one, ms. */
const RARE = { minThreads: 0, idleTimeout: 30_000 };
/** The same for threads of frequent tasks, where many stores are open: few of them have any at the same time. */
const FREQUENT = { minThreads: 0, idleTimeout: 5 * MINUTE_MS };
/** The same for the one store that is always open: the thread starts with its first task, and stays. */
const KEPT = { minThreads: 0, idleTimeout: Infinity };

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
  private readonly chatThread: ChatThread;
  /** Searches by meaning compare every vector of a user: no other search waits for them. */
  private readonly meaningThread: ChatThread;
  private readonly logThread: Piscina;
  private readonly countThread: Piscina;
  private readonly replayThread: Piscina;

  /**
   * `words` is a file of word vectors, in memory that threads share. Where `isKept` is false, the threads end
   * when they have had no task for a while.
   */
  constructor(file: string, words?: SharedArrayBuffer, isKept = true) {
    super();
    this.db = openForReading(file);
    this.rows = new SqliteRows(this.db);
    this.log = new SqliteEventReader(this.db);
    this.figures = new SqliteFigures(this.db);
    const frequent = isKept ? KEPT : FREQUENT;
    // The first chat after a start does not wait for it.
    const eager = isKept ? { minThreads: 1 } : FREQUENT;
    this.chatThread = new ChatThread(oneThread(file, { ...eager, words }));
    this.meaningThread = new ChatThread(oneThread(file, { ...RARE, words }));
    this.logThread = oneThread(file, frequent);
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
    return this.chatThread.read({ name: 'list', table: table.name, query });
  };

  override async searchMemories(question: MemoryQuestion): Promise<MemoryMatches> {
    this.gate.check(memoriesTable);
    if (!question.embedding) return this.chatThread.read({ name: 'search', question });
    this.gate.check(memoryEmbeddingsTable);
    return this.meaningThread.read({ name: 'search', question });
  }

  override eventPage(query: PageQuery, { patient = false } = {}): Promise<EventPage> {
    return run(patient ? this.replayThread : this.logThread, 'eventPage', query);
  }

  override async storeId(): Promise<string> {
    return this.log.storeId();
  }

  override async storeHead(): Promise<StoreHead> {
    const { position, recordedAt } = this.log.head();
    return { storeId: this.log.storeId(), head: position, recordedAt };
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
    const threads = [
      this.chatThread,
      this.meaningThread,
      this.logThread,
      this.countThread,
      this.replayThread,
    ];
    await Promise.all(threads.map((thread) => thread.close()));
    this.db.close();
  }
}

interface ThreadOptions {
  minThreads: number;
  idleTimeout?: number;
  /** Whether it lets other threads go first. */
  patient?: boolean;
  words?: SharedArrayBuffer | undefined;
}

function oneThread(file: string, { patient = false, words, ...options }: ThreadOptions): Piscina {
  return new Piscina({
    filename: new URL('./sqlite-read.worker.js', import.meta.url).href,
    workerData: { file, patient, words } satisfies ReadWorkerData,
    maxThreads: 1,
    maxQueue: MAX_WAITING_TASKS,
    ...options,
  });
}

async function run<T>(thread: Piscina, name: string, task: unknown): Promise<T> {
  if (thread.queueSize >= MAX_WAITING_TASKS) throw Unavailable.busy(thread.queueSize);
  return unwrap((await thread.run(task, { name })) as ThreadResult<T>);
}
