import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { copyInMemory, createInMemory, memoryBytes } from '../../database/sqlite/memory-database.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent, UserEvents } from '../../events/log/event-log.js';
import { readSkips, skipId } from '../folding/checkpoints.js';
import type { StoreReader } from '../folding/store-reader.js';
import type { Projection } from '../projection.js';
import { StateFold, type Target } from './state-fold.js';

/** Most memory of one state, and of all small ones that are kept, in bytes. */
const MAX_BYTES = { one: 256 * 1024 * 1024, kept: 64 * 1024 * 1024 };
/** A state larger than this share of what is kept is not copied, and only one of them is kept. */
const LARGE_SHARE = 1 / 8;
/** A state goes after this long without a question, ms. */
const IDLE_MS = 10 * 60_000;
/** Most kept states: each has a connection of its own. */
const MAX_STATES = 500;
const EVENTS_PER_PAGE = 1_000;
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
   * InvalidInput for more rows than are held in memory. The state is closed by a later call. When it is folded
   * from the first event, `alongside` are folded from the same events: they will be asked for next.
   */
  async at(question: PastQuestion, alongside: readonly Projection[] = []): Promise<PastState> {
    await this.readSkips();
    const known = this.nearest(question);
    if (known && question.position <= known.upTo) return known;
    if (known) return this.foldOn(known, question);
    const projections = [question.projection, ...this.unknownOf(alongside, question)];
    const folds = projections.map((projection) =>
      this.begin({ projection, db: createInMemory(projection.tables), isFresh: true }),
    );
    return this.fold(folds, question, 0);
  }

  private async foldOn(known: PastState, question: PastQuestion): Promise<PastState> {
    const { projection } = question;
    const next = await this.eventsAfter(known.upTo, question, [projection], 1);
    if (next.events.length === 0) {
      known.upTo = question.position;
      return known;
    }
    const { upTo } = known;
    return this.fold([this.begin({ projection, db: this.continued(known, question) })], question, upTo);
  }

  private begin(target: Pick<Target, 'projection' | 'db' | 'isFresh'>): StateFold {
    return new StateFold({ ...target, maxBytes: this.maxBytes.one });
  }

  /** Folds what comes after the position, until the state that was asked for stops. */
  private async fold(folds: StateFold[], question: PastQuestion, after: number): Promise<PastState> {
    try {
      for await (const page of this.pagesAfter(after, question, folds)) {
        this.foldPage(page, folds);
        if (folds[0]?.isStopped) break;
      }
      return this.keep(folds, question, after);
    } catch (error) {
      for (const { db } of folds) db.close();
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

  /** Those that no state is known of, each once, without that of the question. */
  private unknownOf(projections: readonly Projection[], question: PastQuestion): Projection[] {
    return [...new Set(projections)].filter(
      (projection) => projection !== question.projection && !this.nearest({ ...question, projection }),
    );
  }

  /** The next events that the projections fold. */
  private eventsAfter(
    after: number,
    { userId, position }: PastQuestion,
    projections: readonly Projection[],
    limit = EVENTS_PER_PAGE,
  ): Promise<UserEvents> {
    const types = [...new Set(projections.flatMap(({ folds }) => Object.keys(folds)))];
    return this.reader.eventsOfUser({ userId, after, upTo: position, types, limit });
  }

  private async *pagesAfter(
    after: number,
    question: PastQuestion,
    folds: readonly StateFold[],
  ): AsyncGenerator<ScannedEvent[], void> {
    const projections = folds.map(({ projection }) => projection);
    for (let last = after; ;) {
      const { events, more } = await this.eventsAfter(last, question, projections);
      yield events;
      if (!more) return;
      last = events.at(-1)?.position ?? question.position;
    }
  }

  private foldPage(page: readonly ScannedEvent[], folds: readonly StateFold[]): void {
    for (const stored of page) {
      let event: FoldEvent | undefined;
      const decode = (): FoldEvent => (event ??= this.decoder.decodeScanned(stored));
      for (const fold of folds)
        if (fold.takes(stored.type) && !this.isSkipped(fold.projection, stored)) fold.add(stored, decode);
    }
    for (const fold of folds) fold.settle();
  }

  private isSkipped({ name }: Projection, { position }: ScannedEvent): boolean {
    return this.skips.size > 0 && this.skips.has(skipId(name, position));
  }

  /** Keeps the states, and returns the first, which stays if there is no room for all. */
  private keep([own, ...others]: StateFold[], { userId, position }: PastQuestion, after: number): PastState {
    const keep = ({ db, rows, projection, last = after }: StateFold): PastState => {
      const state = { db, rows, last, upTo: position };
      this.cacheFor(db).set(keyOf({ userId, projection }, last), state);
      return state;
    };
    if (!own) throw new Error('There is no state to keep.');
    for (const fold of [own, ...others]) fold.save();
    own.check();
    for (const fold of others) {
      if (fold.isStopped) fold.db.close();
      else keep(fold);
    }
    return keep(own);
  }
}

function keyOf({ projection, userId }: Omit<PastQuestion, 'position'>, last: number | string): string {
  return `${projection.name} ${userId} ${last}`;
}

function sizeOf({ db }: PastState): number {
  return memoryBytes(db);
}
