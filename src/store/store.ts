import type { Doorbell } from '../events/log/doorbell.js';
import type { OpenedProjections } from '../projections/folding/open-projections.js';
import type { Reads } from '../projections/reads/reads.js';
import type { CommandWriter } from '../writer/command-writer.js';
import type { DatabaseAddress } from './database-address.js';

/** An open store: its one writer and the reads beside it. */
export abstract class Store {
  abstract readonly writer: CommandWriter;
  abstract readonly reads: Reads;
  /** Where the data is, for work that opens its own connections. */
  abstract readonly address: DatabaseAddress;
  /** Rung whenever the log has grown. */
  abstract readonly doorbell: Doorbell;
  /** What happened on the way up, for the log. */
  abstract readonly opened: OpenedProjections & { migrations: string[] };
  /** Tells whoever finds the store in use where its service listens. */
  abstract announce(url: string): void;
  /** Answers every command that waits, then closes the database. */
  abstract close(): Promise<void>;
}
