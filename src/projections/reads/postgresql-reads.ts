import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { PostgresqlFullText, type CandidateQuery } from '../../database/postgresql/postgresql-full-text.js';
import { selectPage, statementsOf } from '../../database/postgresql/postgresql-statements.js';
import type { Filter, RowQuery } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { MAX_PAGE_BYTES, PageWriter, type EventPage, type PageQuery } from '../../events/event-page.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventQuery } from '../../events/log/event-log.js';
import { readEventBatch, readHead, readStoreId } from '../../events/log/postgresql-event-reader.js';
import { memoriesTable, memorySummariesTable, type MemoryRow } from '../memory-index.projection.js';
import { searchMemories, type MemoryHit, type MemoryIndex, type MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { countEvents, countRows, readPositions, readSize } from './postgresql-figures.js';
import { Reads, type StoreHead, type StoreSize } from './reads.js';

/**
 * One snapshot for a page and the head. The server ends a statement after 30 s, when the client gives up too.
 */
const BEGIN_PAGE = `begin isolation level repeatable read read only;
  set local statement_timeout = '30s'`;
/** Events decoded in a row before the main thread takes other work. */
const EVENTS_PER_TURN = 100;

/** Reads over PostgreSQL, on any of the pool's connections. */
export class PostgresqlReads extends Reads {
  private readonly decoder = new EventDecoder();
  private readonly fullText = new PostgresqlFullText(memoriesTable);

  constructor(private readonly pool: pg.Pool) {
    super();
  }

  override get = async <Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined> =>
    (await this.getAll(table, [key]))[0];

  override getAll = <Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]> => {
    const statements = statementsOf(table);
    return this.rows(table, { ...statements.select, values: statements.keyArrays(keys) });
  };

  override list = <Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> =>
    this.rows(table, selectPage(table, query));

  /** Runs the search again, after fetching everything it missed in parallel, until nothing is missing. */
  override async searchMemories(question: MemoryQuestion): Promise<MemoryHit[]> {
    this.gate.check(memoriesTable);
    const loaded = new Map<string, unknown>();
    for (;;) {
      const index = new LoadedIndex(loaded);
      const hits = searchMemories(index, question);
      if (index.missing.size === 0) return hits;
      await Promise.all(
        [...index.missing].map(async ([id, load]) => loaded.set(id, await translating(() => load(this)))),
      );
    }
  }

  override async eventPage(query: PageQuery): Promise<EventPage> {
    const { events, cut, head } = await translating(() => this.eventsAndHead(query));
    const page = new PageWriter(query, this.decoder);
    for (const [i, stored] of events.entries()) {
      if (i % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await nextTurn();
      if (!page.add(stored)) break;
    }
    return page.finish(head, cut);
  }

  override async headPosition(): Promise<number> {
    return (await translating(() => readHead(this.pool))).position;
  }

  override storeHead(): Promise<StoreHead> {
    return translating(async () => {
      const [storeId, { position }] = await Promise.all([readStoreId(this.pool), readHead(this.pool)]);
      return { storeId, head: position };
    });
  }

  override positions(): Promise<Positions> {
    return translating(() => readPositions(this.pool));
  }

  override size(): Promise<StoreSize> {
    return translating(() => readSize(this.pool));
  }

  override countRows(table: Table): Promise<number> {
    return translating(() => countRows(this.pool, table));
  }

  override countEvents(after: number, upTo: number): Promise<Record<string, number>> {
    return translating(() => countEvents(this.pool, after, upTo));
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Counts the user's memories that contain the term. */
  frequency(userId: string, term: string): Promise<number> {
    return this.fullText.frequency(this.pool, userId, term);
  }

  /** Returns the ids of the best `limit` of the newest `among` memories with any of the terms. */
  candidates(query: CandidateQuery): Promise<number[]> {
    return this.fullText.candidates(this.pool, query);
  }

  private async rows<Row extends object>(table: Table<Row>, query: pg.QueryConfig): Promise<Row[]> {
    this.gate.check(table);
    const statements = statementsOf(table);
    return translating(async () => {
      const { rows } = await this.pool.query<unknown[]>({ ...query, rowMode: 'array' });
      return rows.map((values) => statements.decode(values) as Row);
    });
  }

  /** Reads both in one snapshot, so that the page and the head belong together. */
  private async eventsAndHead(query: EventQuery) {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(BEGIN_PAGE);
      const batch = await readEventBatch(client, query, MAX_PAGE_BYTES);
      const { position } = await readHead(client);
      await client.query('commit');
      return { ...batch, head: position };
    } catch (error) {
      // Closed, not rolled back: a server that timed out would not answer the rollback either.
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

type Load = (reads: PostgresqlReads) => Promise<unknown>;

/** Serves a search from the results loaded so far, and records the lookups that are missing. */
class LoadedIndex implements MemoryIndex {
  readonly missing = new Map<string, Load>();

  constructor(private readonly loaded: ReadonlyMap<string, unknown>) {}

  summary(userId: string) {
    return this.lookUp('summary', undefined, (reads) => reads.get(memorySummariesTable, userId));
  }

  frequency(userId: string, term: string): number {
    return this.lookUp(`frequency ${term}`, 0, (reads) => reads.frequency(userId, term));
  }

  candidates(userId: string, anyOf: readonly string[], limit: number, among: number): number[] {
    const withFrequencies = anyOf.map((term) => [term, this.frequency(userId, term)] as const);
    const id = `candidates ${JSON.stringify([anyOf, limit, among])}`;
    return this.lookUp(id, [], (reads) => reads.candidates({ userId, anyOf: withFrequencies, limit, among }));
  }

  memories(filters: readonly Filter[], limit: number): MemoryRow[] {
    const id = `memories ${JSON.stringify([filters, limit])}`;
    const query = { filters, order: ['formedPosition'], limit };
    return this.lookUp(id, [], (reads) => reads.list(memoriesTable, query));
  }

  private lookUp<T>(id: string, placeholder: T, load: Load): T {
    if (this.loaded.has(id)) return this.loaded.get(id) as T;
    this.missing.set(id, load);
    return placeholder;
  }
}
