import type { CommandWriter } from '../modules/command-writer.js';
import type { Doorbell } from '../events/log/doorbell.js';
import type { CaughtUp } from '../projections/fold-again.js';
import type { Reads } from '../projections/reads.js';

/** An open store: its one writer and the reads beside it. */
export abstract class Store {
  abstract readonly writer: CommandWriter;
  abstract readonly reads: Reads;
  /** Rung whenever the log has grown. */
  abstract readonly doorbell: Doorbell;
  /** What happened on the way up, for the log. */
  abstract readonly opened: { migrations: string[]; caughtUp: CaughtUp[] };
  /** Answers every command that waits, then closes the database. */
  abstract close(): Promise<void>;
}
