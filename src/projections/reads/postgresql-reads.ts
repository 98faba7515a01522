import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { selectPage, statementsOf } from '../../database/postgresql/postgresql-statements.js';
import type { RowQuery } from '../../database/row-store.js';
import type { Key, Table } from '../../database/table.js';
import { MAX_PAGE_BYTES, PageWriter, type EventPage, type PageQuery } from '../../events/event-page.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventQuery, LogHead } from '../../events/log/event-log.js';
import type { LastPositions, LogPoint } from '../../events/log/log-point.js';
import {
  readEventBatch,
  readEvents,
  readHead,
  readLastPositions,
  readPositionAt,
  readRecordedAt,
  readStoreId,
} from '../../events/log/postgresql-event-reader.js';
import { memoryEmbeddingsTable } from '../memory-embeddings.projection.js';
import { memoriesTable } from '../memory-index.projection.js';
import type { Positions } from './positions.js';
import { countEvents, countRows, readPositions, readSize } from './postgresql-figures.js';
import { Reads, type StoreHead, type StoreSize } from './reads.js';
import type { Meaning } from './search/meaning.js';
import { searchMemories, searchRemote, type MemoryQuestion } from './search/memory-search.js';
import type { CompareMeaning } from './search/postgresql-meaning-thread.js';
import { readMeaning } from './search/postgresql-meaning.js';
import { postgresqlIndexFor } from './search/postgresql-memory-index.js';
import type { MemoryMatches } from './search/search.js';
import type { WordVectors } from './search/word-vectors.js';

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

  constructor(
    private readonly pool: pg.Pool,
    private readonly options: { wordVectors?: WordVectors | undefined; compare?: CompareMeaning } = {},
  ) {
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

  override async searchMemories(question: MemoryQuestion): Promise<MemoryMatches> {
    this.gate.check(memoriesTable);
    const { wordVectors } = this.options;
    const meaning = await this.meaningOf(question);
    return translating(async () => {
      const index = await postgresqlIndexFor(this.pool, this, question.userId);
      const aids = { wordVectors, meaning };
      if ('few' in index) return searchMemories(index.few, question, undefined, aids);
      return searchRemote(index.many, question, undefined, aids);
    });
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

  override storeId(): Promise<string> {
    return translating(() => readStoreId(this.pool));
  }

  override storeHead(): Promise<StoreHead> {
    return translating(async () => {
      const [storeId, head] = await Promise.all([readStoreId(this.pool), readHead(this.pool)]);
      return { storeId, head: head.position, recordedAt: head.recordedAt };
    });
  }

  override lastPositions(userId: string): Promise<LastPositions> {
    return translating(() => readLastPositions(this.pool, userId));
  }

  override positionAt(time: number): Promise<LogPoint> {
    return translating(() => readPositionAt(this.pool, time));
  }

  override recordedAt(position: number): Promise<number | undefined> {
    return translating(() => readRecordedAt(this.pool, position));
  }

  override logHead(): Promise<LogHead> {
    return translating(() => readHead(this.pool));
  }

  override hashAt(position: number): Promise<string | undefined> {
    return translating(async () => {
      const [event] = await readEvents(this.pool, { after: position - 1, upTo: position, limit: 1 });
      return event?.hash;
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

  private async meaningOf({ userId, embedding }: MemoryQuestion): Promise<Meaning | undefined> {
    if (!embedding) return undefined;
    this.gate.check(memoryEmbeddingsTable);
    const { compare = (...asked) => readMeaning(this.pool, ...asked) } = this.options;
    return translating(() => compare(userId, embedding));
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
