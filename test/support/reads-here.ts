import type Database from 'better-sqlite3';
import type { RowQuery } from '../../src/database/row-store.js';
import { SqliteRows } from '../../src/database/sqlite/sqlite-rows.js';
import type { Key, Table } from '../../src/database/table.js';
import { MAX_PAGE_BYTES, PageWriter, type EventPage, type PageQuery } from '../../src/events/event-page.js';
import { EventDecoder } from '../../src/events/log/event-decoder.js';
import type { LogHead, UserChange, UserEventQuery } from '../../src/events/log/event-log.js';
import type { LastPositions, LogPoint } from '../../src/events/log/log-point.js';
import { SqliteEventReader } from '../../src/events/log/sqlite-event-reader.js';
import type { Positions } from '../../src/projections/reads/positions.js';
import { Reads, type StoreHead, type StoreSize } from '../../src/projections/reads/reads.js';
import { searchMemories, type MemoryQuestion } from '../../src/projections/reads/search/memory-search.js';
import type { MemoryMatches } from '../../src/projections/reads/search/search.js';
import { compareVectors, inIndex } from '../../src/projections/reads/search/sqlite-meaning.js';
import { sqliteMemoryIndex } from '../../src/projections/reads/search/sqlite-memory-index.js';
import { SqliteFigures } from '../../src/projections/reads/sqlite-figures.js';

/** The service's reads from SQLite, over a connection of the test and without threads. */
export class ReadsHere extends Reads {
  private readonly rows: SqliteRows;
  private readonly events: SqliteEventReader;
  private readonly figures: SqliteFigures;

  constructor(private readonly db: Database.Database) {
    super();
    this.rows = new SqliteRows(db);
    this.events = new SqliteEventReader(db);
    this.figures = new SqliteFigures(db);
  }

  override get = async <Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined> =>
    this.rows.load(table, key) as Row | undefined;

  override getAll = async <Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]> =>
    keys.map((key) => this.rows.load(table, key) as Row | undefined).filter((row) => row !== undefined);

  override list = async <Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> =>
    this.rows.list(table, query) as Row[];

  override async searchMemories(question: MemoryQuestion): Promise<MemoryMatches> {
    const { userId, embedding } = question;
    const compared = embedding && compareVectors(this.db, userId, embedding);
    const meaning = compared && inIndex(this.db, userId, compared);
    return searchMemories(sqliteMemoryIndex(this.db, this.rows), question, undefined, { meaning });
  }

  override async eventPage(query: PageQuery): Promise<EventPage> {
    const page = new PageWriter(query, new EventDecoder());
    const { events, cut } = this.events.readBatch(query, MAX_PAGE_BYTES);
    for (const stored of events) if (!page.add(stored)) break;
    return page.finish(this.events.head().position, cut);
  }

  override async storeId(): Promise<string> {
    return this.events.storeId();
  }

  override async storeHead(): Promise<StoreHead> {
    const { position, recordedAt } = this.events.head();
    return { storeId: this.events.storeId(), head: position, recordedAt };
  }

  /** A page of what happened to one user, as a StoreReader reads it. */
  changesOfUser = async (query: Omit<UserEventQuery, 'types'>): Promise<UserChange[]> =>
    this.events.changesOfUser(query);

  override async lastPositions(userId: string): Promise<LastPositions> {
    return this.events.lastPositions(userId);
  }

  override async positionAt(time: number): Promise<LogPoint> {
    return this.events.positionAt(time);
  }

  override async recordedAt(position: number): Promise<number | undefined> {
    return this.events.recordedAt(position);
  }

  override async logHead(): Promise<LogHead> {
    return this.events.head();
  }

  override async hashAt(position: number): Promise<string | undefined> {
    return this.events.read({ after: position - 1, upTo: position, limit: 1 })[0]?.hash;
  }

  override async positions(): Promise<Positions> {
    return this.figures.positions();
  }

  override size(): Promise<StoreSize> {
    return this.figures.size();
  }

  override async countRows(table: Table): Promise<number> {
    return this.figures.countRows(table);
  }

  override async countEvents(after: number, upTo: number): Promise<Record<string, number>> {
    return this.figures.countEvents(after, upTo);
  }
}
