import { setImmediate as breathe } from 'node:timers/promises';
import type pg from 'pg';
import { attempt } from '../../database/postgresql/postgresql-errors.js';
import { PostgresqlFullText, type CandidateQuery } from '../../database/postgresql/postgresql-full-text.js';
import { selectPage, statementsOf } from '../../database/postgresql/postgresql-statements.js';
import type { Filter, RowQuery } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { PageWriter, type EventPage, type PageQuery } from '../../events/event-page.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventQuery } from '../../events/log/event-log.js';
import { readEvents, readHead } from '../../events/log/postgresql-event-reader.js';
import { memoriesTable, memorySummariesTable, type MemoryRow } from '../memory-index.projection.js';
import { searchMemories, type MemoryHit, type MemoryIndex, type MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { countEvents, countRows, readPositions, readSize } from './postgresql-figures.js';
import { Reads, type StoreSize } from './reads.js';

/** One moment for a page and its head; what takes longer than anybody waits is ended by the server too. */
const BEGIN_PAGE = `begin isolation level repeatable read read only;
  set local statement_timeout = '30s'`;
/** Events that are decoded before others get their turn on the main thread. */
const AT_ONCE = 100;

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

  /** Asks again, with all that was missing fetched together, until the search has everything it wants to know. */
  override async searchMemories(question: MemoryQuestion): Promise<MemoryHit[]> {
    this.gate.check(memoriesTable);
    const answers = new Map<string, unknown>();
    for (;;) {
      const index = new AskedIndex(answers);
      const hits = searchMemories(index, question);
      if (index.missing.size === 0) return hits;
      await Promise.all(
        [...index.missing].map(async ([id, ask]) => answers.set(id, await attempt(() => ask(this)))),
      );
    }
  }

  override async eventPage(query: PageQuery): Promise<EventPage> {
    const { events, head } = await attempt(() => this.eventsAndHead(query));
    const page = new PageWriter(query, this.decoder);
    for (const [i, stored] of events.entries()) {
      if (i % AT_ONCE === AT_ONCE - 1) await breathe();
      if (!page.add(stored)) break;
    }
    return page.finish(head);
  }

  override async headPosition(): Promise<number> {
    return (await attempt(() => readHead(this.pool))).position;
  }

  override positions(): Promise<Positions> {
    return attempt(() => readPositions(this.pool));
  }

  override size(): Promise<StoreSize> {
    return attempt(() => readSize(this.pool));
  }

  override countRows(table: Table): Promise<number> {
    return attempt(() => countRows(this.pool, table));
  }

  override countEvents(after: number, upTo: number): Promise<Record<string, number>> {
    return attempt(() => countEvents(this.pool, after, upTo));
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Of the user's memories: how many hold each term. */
  frequency(userId: string, term: string): Promise<number> {
    return this.fullText.frequency(this.pool, userId, term);
  }

  /** See MemoryIndex. */
  candidates(query: CandidateQuery): Promise<number[]> {
    return this.fullText.candidates(this.pool, query);
  }

  private async rows<Row extends object>(table: Table<Row>, query: pg.QueryConfig): Promise<Row[]> {
    this.gate.check(table);
    const statements = statementsOf(table);
    return attempt(async () => {
      const { rows } = await this.pool.query<unknown[]>({ ...query, rowMode: 'array' });
      return rows.map((values) => statements.decode(values) as Row);
    });
  }

  /** Of one moment, so that the page and the head belong together. */
  private async eventsAndHead(query: EventQuery) {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(BEGIN_PAGE);
      const events = await readEvents(client, query);
      const { position } = await readHead(client);
      await client.query('commit');
      return { events, head: position };
    } catch (error) {
      // Closed instead of rolled back: a server that did not answer in time would not answer that either.
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

type Ask = (reads: PostgresqlReads) => Promise<unknown>;

/** Answers a search from what is known, and notes what is not. */
class AskedIndex implements MemoryIndex {
  readonly missing = new Map<string, Ask>();

  constructor(private readonly answers: ReadonlyMap<string, unknown>) {}

  summary(userId: string) {
    return this.known('summary', undefined, (reads) => reads.get(memorySummariesTable, userId));
  }

  frequency(userId: string, term: string): number {
    return this.known(`frequency ${term}`, 0, (reads) => reads.frequency(userId, term));
  }

  candidates(userId: string, anyOf: readonly string[], limit: number, among: number): number[] {
    const weighed = anyOf.map((term) => [term, this.frequency(userId, term)] as const);
    const id = `candidates ${JSON.stringify([anyOf, limit, among])}`;
    return this.known(id, [], (reads) => reads.candidates({ userId, anyOf: weighed, limit, among }));
  }

  memories(filters: readonly Filter[], limit: number): MemoryRow[] {
    const id = `memories ${JSON.stringify([filters, limit])}`;
    const query = { filters, order: ['formedPosition'], limit };
    return this.known(id, [], (reads) => reads.list(memoriesTable, query));
  }

  private known<T>(id: string, otherwise: T, ask: Ask): T {
    if (this.answers.has(id)) return this.answers.get(id) as T;
    this.missing.set(id, ask);
    return otherwise;
  }
}
