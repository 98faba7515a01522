import type Database from 'better-sqlite3';
import { RowBatch } from '../../database/row-batch.js';
import type { Rows } from '../../database/row-store.js';
import { memoryBytes } from '../../database/sqlite/memory-database.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { InvalidInput, PoisonEvent, Unavailable } from '../../errors.js';
import type { FoldEvent } from '../../events/event.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { foldsFor, type Folds, type Projection } from '../projection.js';
import { HeldRows, indexPart, type HeldParts } from './held-parts.js';

/**
 * Characters of events whose rows are changed in memory before they are written: a row that changes often is
 * written once.
 */
const CHARACTERS_PER_BATCH = 2 * 1024 * 1024;
/** Rows of a state that has none yet: nothing has to be looked up. */
const NO_ROWS = { load: () => undefined, loadUser: () => [] };

type Fold = (event: FoldEvent, rows: Rows) => void;

/** What a state is folded into. */
export interface Target {
  projection: Projection;
  /** The parts that it has. */
  held: HeldParts;
  db: Database.Database;
  /** Whether the database has no rows yet. */
  isFresh?: boolean;
  /** Most memory of the rows, in bytes. */
  maxBytes: number;
}

/**
 * Folds events of one user into the rows of one projection, in memory. A failure stops it, and is thrown when
 * asked for.
 */
export class StateFold {
  readonly projection: Projection;
  readonly held: HeldParts;
  readonly db: Database.Database;
  readonly rows: SqliteRows;
  /** Position of the last event folded; undefined if there was none. */
  last: number | undefined;
  private batch: RowBatch;
  /** The part of the batch's rows that is held. */
  private changed: Rows;
  private characters = 0;
  private failure: { error: unknown } | undefined;
  private readonly maxBytes: number;

  constructor({ projection, held, db, isFresh = false, maxBytes }: Target) {
    this.projection = projection;
    this.held = held;
    this.db = db;
    this.maxBytes = maxBytes;
    this.rows = new SqliteRows(db, { indexed: (table) => held.has(indexPart(table)) });
    this.batch = new RowBatch(isFresh ? NO_ROWS : this.rows);
    this.changed = new HeldRows(this.batch, held);
  }

  /** Whether it takes the event; after a failure it takes none. */
  takes(event: ScannedEvent): boolean {
    return this.foldOf(event) !== undefined && !this.failure;
  }

  private foldOf(stored: ScannedEvent): Fold | undefined {
    const which = foldsFor({ isRetracted: stored.retraction !== undefined, isErased: isErased(stored) });
    return which && (this.projection[which][stored.type as keyof Folds] as Fold | undefined);
  }

  /** Folds an event, which `decode` returns or refuses. */
  add(stored: ScannedEvent, decode: () => FoldEvent): void {
    const { name } = this.projection;
    try {
      this.foldOf(stored)?.(decode(), this.changed);
      this.last = stored.position;
      this.characters += stored.data.length;
    } catch (cause) {
      // The same answer as that of the live rows, which the event has stopped too.
      this.failure = { error: Unavailable.projection(name, PoisonEvent.folding(name, stored, cause)) };
    }
  }

  get isStopped(): boolean {
    return this.failure !== undefined;
  }

  /** Ends a page of events. */
  settle(): void {
    this.batch.settle();
    if (this.characters >= CHARACTERS_PER_BATCH) this.save();
  }

  /** Throws what failed. */
  check(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Writes the rows that are not written yet. */
  save(): void {
    if (this.failure) return;
    this.db.transaction(() => this.rows.save(this.batch.changes()))();
    this.batch = new RowBatch(this.rows);
    this.changed = new HeldRows(this.batch, this.held);
    this.characters = 0;
    if (memoryBytes(this.db) > this.maxBytes) this.failure = { error: tooLarge(this.maxBytes) };
  }
}

function tooLarge(maxBytes: number): InvalidInput {
  return InvalidInput.field(
    'asOf',
    `must not name a state with more than ${maxBytes / 1_048_576} MiB of rows; read the events of the user instead`,
  );
}
