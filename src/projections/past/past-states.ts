import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { copyInMemory, createInMemory, memoryBytes } from '../../database/sqlite/memory-database.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import type { FoldEvent } from '../../events/event.js';
import { erasureEpoch } from '../../events/log/erasure/last-erasure.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent, UserEvents } from '../../events/log/event-log.js';
import { readSkips, skipId } from '../folding/checkpoints.js';
import type { StoreReader } from '../folding/store-reader.js';
import type { Projection } from '../projection.js';
import { heldParts, heldTables, type HeldParts } from './held-parts.js';
import { lastRetraction } from './last-retraction.js';
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
  readonly held: HeldParts;
  /** Position of the last event folded; 0 if there was none. */
  readonly last: number;
  /** There is no further event of the user for this projection up to here. */
  upTo: number;
}

/** A part of a projection: the name of one of its tables, or of a full-text index. */
export interface AskedPart {
  projection: Projection;
  part: string;
}

/** Selects a state. */
export interface PastQuestion extends AskedPart {
  userId: string;
  position: number;
}

/** A question, and the position of the last retraction of the user, or its undoing; 0 for none. */
interface KnownQuestion extends PastQuestion {
  epoch: number;
}

/**
 * Folds one user's events up to a past position, with the folds of the live rows, into the declared tables in
 * a SQLite database in memory. Only events that the projection folds are read, and only the parts that
 * somebody asks for are folded, with what they follow from. The states used last are kept. A later state is
 * folded on from an earlier one, or from a copy of it if it is small; nothing but the log is ever trusted. Not
 * for concurrent use.
 */
export class PastStates {
  private readonly small: LRUCache<string, PastState>;
  /** At most one. */
  private readonly large: LRUCache<string, PastState>;
  /** The skips of the states. */
  private skips: ReadonlySet<string> = new Set();
  /** The erasure epoch of the states. */
  private erasure = 0;

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
   * InvalidInput for more rows than are held in memory. The state is closed by a later call. When it is
   * folded from the first event, `alongside` are folded from the same events: they will be asked for next.
   */
  async at(asked: PastQuestion, alongside: readonly AskedPart[] = []): Promise<PastState> {
    await this.dropOutdated();
    // What was taken back is in the states of before: no other state is folded on from one.
    const question = { ...asked, epoch: await lastRetraction(this.reader, asked) };
    const known = this.nearest(question);
    if (known && question.position <= known.upTo) return known;
    if (known) return this.foldOn(known, question);
    const parted = Map.groupBy(
      [question, ...this.unknownOf(alongside, question)],
      ({ projection }) => projection,
    );
    const folds = [...parted].map(([projection, parts]) => {
      const held = heldParts(
        projection,
        parts.map(({ part }) => part),
      );
      const db = createInMemory(heldTables(projection, held));
      return this.begin({ projection, held, db, isFresh: true });
    });
    return this.fold(folds, question, 0);
  }

  private async foldOn(known: PastState, question: KnownQuestion): Promise<PastState> {
    const { projection } = question;
    const next = await this.eventsAfter(known.upTo, question, [projection], 1);
    if (next.events.length === 0) {
      known.upTo = question.position;
      return known;
    }
    const { upTo, held } = known;
    return this.fold([this.begin({ projection, held, db: this.continued(known, question) })], question, upTo);
  }

  private begin(target: Omit<Target, 'maxBytes'>): StateFold {
    return new StateFold({ ...target, maxBytes: this.maxBytes.one });
  }

  /** Folds what comes after the position, until the state that was asked for stops. */
  private async fold(folds: StateFold[], question: KnownQuestion, after: number): Promise<PastState> {
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

  /**
   * Events may have been erased since, or an operator may have had a projection skip an event: then every
   * state is folded again.
   */
  private async dropOutdated(): Promise<void> {
    const skips = await readSkips(this.reader);
    const erasure = await erasureEpoch((table, query) => this.reader.rows(table, query));
    const same = skips.size === this.skips.size && [...skips].every((skip) => this.skips.has(skip));
    if (!same || erasure !== this.erasure) this.close();
    this.skips = skips;
    this.erasure = erasure;
  }

  /** Returns the latest state with the part that is not after the position. */
  private nearest(question: KnownQuestion): PastState | undefined {
    const prefix = keyPrefix(question);
    let nearest: { states: LRUCache<string, PastState>; key: string; state: PastState } | undefined;
    for (const states of [this.small, this.large])
      for (const [key, state] of states.entries()) {
        if (!key.startsWith(prefix) || !state.held.has(question.part)) continue;
        if (state.last <= question.position && (!nearest || isBetter(state, nearest.state)))
          nearest = { states, key, state };
      }
    return nearest?.states.get(nearest.key);
  }

  /** Returns a database to fold on: a copy of a small state, or a large state itself, which is given up. */
  private continued(state: PastState, question: KnownQuestion): Database.Database {
    if (this.cacheFor(state.db) === this.small) return copyInMemory(state.db);
    this.large.delete(keyOf(question, state));
    return state.db;
  }

  private cacheFor(db: Database.Database): LRUCache<string, PastState> {
    return memoryBytes(db) > this.maxBytes.kept * LARGE_SHARE ? this.large : this.small;
  }

  /** Those that no state is known of. */
  private unknownOf(parts: readonly AskedPart[], question: KnownQuestion): AskedPart[] {
    return parts.filter(({ projection, part }) => !this.nearest({ ...question, projection, part }));
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
        if (fold.takes(stored) && !this.isSkipped(fold.projection, stored)) fold.add(stored, decode);
    }
    for (const fold of folds) fold.settle();
  }

  private isSkipped({ name }: Projection, { position }: ScannedEvent): boolean {
    return this.skips.size > 0 && this.skips.has(skipId(name, position));
  }

  /** Keeps the states, and returns the first, which stays if there is no room for all. */
  private keep(
    [own, ...others]: StateFold[],
    { userId, position, epoch }: KnownQuestion,
    after: number,
  ): PastState {
    const keep = ({ db, rows, held, projection, last = after }: StateFold): PastState => {
      const state = { db, rows, held, last, upTo: position };
      this.cacheFor(db).set(keyOf({ userId, projection, epoch }, state), state);
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

/** Whether the first is later, or has more parts: what is asked next may be among them. */
function isBetter(a: PastState, b: PastState): boolean {
  return a.last > b.last || (a.last === b.last && a.held.size > b.held.size);
}

type OfUser = Pick<KnownQuestion, 'projection' | 'userId' | 'epoch'>;

function keyOf(question: OfUser, { last, held }: PastState): string {
  return `${keyPrefix(question)}${last} ${[...held].toSorted().join(' ')}`;
}

function keyPrefix({ projection, userId, epoch }: OfUser): string {
  return `${projection.name} ${userId} ${epoch} `;
}

function sizeOf({ db }: PastState): number {
  return memoryBytes(db);
}
