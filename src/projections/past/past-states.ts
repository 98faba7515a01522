import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { RowBatch } from '../../database/row-batch.js';
import type { Rows } from '../../database/row-store.js';
import { copyInMemory, createInMemory, memoryBytes } from '../../database/sqlite/memory-database.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { InvalidInput, PoisonEvent, Unavailable } from '../../errors.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent, UserEvents } from '../../events/log/event-log.js';
import { readSkips, skipId } from '../folding/checkpoints.js';
import type { StoreReader } from '../folding/store-reader.js';
import type { Projection } from '../projection.js';

/** Most memory of one state, and of all small ones that are kept, in bytes. */
const MAX_BYTES = { one: 256 * 1024 * 1024, kept: 64 * 1024 * 1024 };
/** A state larger than this share of what is kept is not copied, and only one of them is kept. */
const LARGE_SHARE = 1 / 8;
/** A state goes after this long without a question, ms. */
const IDLE_MS = 10 * 60_000;
/** Most kept states: each has a connection of its own. */
const MAX_STATES = 500;
const EVENTS_PER_PAGE = 1_000;
/** Characters of events whose rows are changed in memory before they are written: a row that changes often is written once. */
const CHARACTERS_PER_BATCH = 8 * 1024 * 1024;
/** Rows of a state that has none yet: nothing has to be looked up. */
const NO_ROWS = { load: () => undefined };

/** The rows of one projection for one user, at every position from that of its last event up to `upTo`. */
export interface PastState {
  readonly db: Database.Database;
  readonly rows: SqliteRows;
  /** Position of the last event folded; 0 if there was none. */
  readonly last: number;
  /** There is no further event of the user for this projection up to here. */
  upTo: number;
}

/** Selects a state. */
export interface PastQuestion {
  userId: string;
  position: number;
  projection: Projection;
}

type Fold = (event: FoldEvent, rows: Rows) => void;

/**
 * Folds one user's events up to a past position, with the folds of the live rows, into the declared tables in
 * a SQLite database in memory. Only events that the projection folds are read. The states used last are kept.
 * A later state is folded on from an earlier one, or from a copy of it if it is small; nothing but the log is
 * ever trusted. Not for concurrent use.
 */
export class PastStates {
  private readonly small: LRUCache<string, PastState>;
  /** At most one. */
  private readonly large: LRUCache<string, PastState>;
  /** The skips of the states. */
  private skips: ReadonlySet<string> = new Set();

  constructor(
    private readonly reader: StoreReader,
    private readonly decoder: Pick<EventDecoder, 'decodeScanned'>,
    private readonly maxBytes = MAX_BYTES,
  ) {
    const shared = {
      dispose: ({ db }: PastState, _key: string, reason: LRUCache.DisposeReason) => {
        // A state that is deleted is folded on.
        if (reason !== 'delete') db.close();
      },
      ttl: IDLE_MS,
      ttlAutopurge: true,
      updateAgeOnGet: true,
    };
    this.small = new LRUCache({
      max: MAX_STATES,
      maxSize: maxBytes.kept,
      sizeCalculation: sizeOf,
      ...shared,
    });
    this.large = new LRUCache({ max: 1, ...shared });
  }

  /**
   * Returns the state at the position. Throws Unavailable if the projection stops at an event before it, and
   * InvalidInput for more rows than are held in memory. The state is closed by a later call.
   */
  async at(question: PastQuestion): Promise<PastState> {
    await this.readSkips();
    const known = this.nearest(question);
    if (known && question.position <= known.upTo) return known;
    const after = known?.upTo ?? 0;
    const first = await this.eventsAfter(after, question);
    if (known && first.events.length === 0) {
      known.upTo = question.position;
      return known;
    }
    const db = known ? this.continued(known, question) : createInMemory(question.projection.tables);
    try {
      const rows = new SqliteRows(db);
      const last = await this.fold({ db, rows, isFresh: !known }, first, question);
      const state = { db, rows, last: last ?? after, upTo: question.position };
      this.cacheFor(db).set(keyOf(question, state.last), state);
      return state;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  close(): void {
    for (const states of [this.small, this.large]) {
      for (const { db } of states.values()) db.close();
      states.clear();
    }
  }

  /** An operator may have had a projection skip an event since: then every state is folded again. */
  private async readSkips(): Promise<void> {
    const skips = await readSkips(this.reader);
    const same = skips.size === this.skips.size && [...skips].every((skip) => this.skips.has(skip));
    if (!same) this.close();
    this.skips = skips;
  }

  /** Returns the latest state that is not after the position. */
  private nearest(question: PastQuestion): PastState | undefined {
    const prefix = keyOf(question, '');
    let nearest: { states: LRUCache<string, PastState>; key: string; last: number } | undefined;
    for (const states of [this.small, this.large])
      for (const key of states.keys()) {
        if (!key.startsWith(prefix)) continue;
        const last = Number(key.slice(prefix.length));
        if (last <= question.position && last >= (nearest?.last ?? 0)) nearest = { states, key, last };
      }
    return nearest?.states.get(nearest.key);
  }

  /** Returns a database to fold on: a copy of a small state, or a large state itself, which is given up. */
  private continued(state: PastState, question: PastQuestion): Database.Database {
    if (this.cacheFor(state.db) === this.small) return copyInMemory(state.db);
    this.large.delete(keyOf(question, state.last));
    return state.db;
  }

  private cacheFor(db: Database.Database): LRUCache<string, PastState> {
    return memoryBytes(db) > this.maxBytes.kept * LARGE_SHARE ? this.large : this.small;
  }

  private eventsAfter(after: number, { userId, position, projection }: PastQuestion): Promise<UserEvents> {
    const types = Object.keys(projection.folds);
    return this.reader.eventsOfUser({ userId, after, upTo: position, types, limit: EVENTS_PER_PAGE });
  }

  /** Folds page by page, and returns the position of the last event. */
  private async fold(
    { db, rows, isFresh }: Pick<PastState, 'db' | 'rows'> & { isFresh: boolean },
    first: readonly ScannedEvent[],
    question: PastQuestion,
  ): Promise<number | undefined> {
    let last: number | undefined;
    let batch = new RowBatch(isFresh ? NO_ROWS : rows);
    let characters = 0;
    const save = (): void => {
      db.transaction(() => rows.save(batch.changes()))();
      if (memoryBytes(db) > this.maxBytes.one) throw tooLarge(this.maxBytes.one);
      batch = new RowBatch(rows);
      characters = 0;
    };
    for (let page = first; page.length > 0;) {
      for (const stored of page) {
        this.foldOne(stored, batch, question.projection);
        characters += stored.data.length;
      }
      batch.settle();
      if (characters >= CHARACTERS_PER_BATCH) save();
      last = page.at(-1)?.position ?? 0;
      page = await this.eventsAfter(last, question);
    }
    save();
    return last;
  }

  private foldOne(stored: ScannedEvent, rows: Rows, { name, folds }: Projection): void {
    if (this.skips.size > 0 && this.skips.has(skipId(name, stored.position))) return;
    const fold = folds[stored.type as keyof typeof folds] as Fold;
    try {
      fold(this.decoder.decodeScanned(stored), rows);
    } catch (cause) {
      // The same answer as that of the live rows, which the event has stopped too.
      throw Unavailable.projection(name, PoisonEvent.folding(name, stored, cause));
    }
  }
}

function tooLarge(maxBytes: number): InvalidInput {
  return InvalidInput.field(
    'asOf',
    `must not name a state with more than ${maxBytes / 1_048_576} MiB of rows; read the events of the user instead`,
  );
}

function keyOf({ projection, userId }: PastQuestion, last: number | string): string {
  return `${projection.name} ${userId} ${last}`;
}

function sizeOf({ db }: PastState): number {
  return memoryBytes(db);
}
