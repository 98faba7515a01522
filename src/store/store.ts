import type { Doorbell } from '../events/log/doorbell.js';
import type { OpenedProjections } from '../projections/folding/open-projections.js';
import type { Reads } from '../projections/reads/reads.js';
import type { CommandWriter } from '../writer/command-writer.js';
import type { DatabaseAddress } from './database-address.js';
import type { PastReads } from './past-reads.js';

/** What a service tells other processes of this machine. */
export interface Announced {
  url: string;
  /** Its backup folder, absolute. */
  backupDir: string;
}

/** An open store: its one writer, and its reads. */
export abstract class Store {
  abstract readonly writer: CommandWriter;
  abstract readonly reads: Reads;
  /** Its reads of the past. */
  abstract readonly past: PastReads;
  /** The address of the data, for work that opens its own connections. */
  abstract readonly address: DatabaseAddress;
  /** Rings whenever the log has grown. */
  abstract readonly doorbell: Doorbell;
  /** What was migrated and caught up when the store was opened; the service logs it. */
  abstract readonly opened: OpenedProjections & { migrations: string[] };
  /** Records where the service is for other processes that find the store in use. */
  abstract announce(service: Announced): void;
  /** Answers all waiting commands, then closes the database. */
  abstract close(): Promise<void>;
}
