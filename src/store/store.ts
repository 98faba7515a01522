import type { Doorbell } from '../events/log/doorbell.js';
import type { OpenedProjections } from '../projections/folding/open-projections.js';
import type { Reads } from '../projections/reads/reads.js';
import type { CommandWriter } from '../writer/command-writer.js';
import type { Quotas } from '../writer/quotas/quotas.js';
import type { DatabaseAddress } from './database-address.js';
import type { KeyRing } from './keys/key-ring.js';
import type { PastReads } from './past-reads.js';

/** What a service tells other processes of this machine. */
export interface Announced {
  url: string;
  /** Its backup folder, absolute. */
  backupDir: string;
}

/** What a store is opened with beside its data. */
export interface StoreOptions {
  /** For searches. */
  words?: SharedArrayBuffer | undefined;
  /** The ring of the default store, for that of a tenant; a store without it has its own. */
  keys?: KeyRing | undefined;
  /** What users and the store may have; undefined if nothing is limited. */
  quotas?: Quotas | undefined;
}

/** An open store: its one writer, and its reads. */
export abstract class Store {
  abstract readonly writer: CommandWriter;
  abstract readonly reads: Reads;
  /** What users and the store may have; undefined if nothing is limited. */
  abstract readonly quotas: Quotas | undefined;
  /** Its reads of the past. */
  abstract readonly past: PastReads;
  /** The address of the data, for work that opens its own connections. */
  abstract readonly address: DatabaseAddress;
  /** Rings whenever the log has grown. */
  abstract readonly doorbell: Doorbell;
  /** The keys of those who may use it, and of those who may use the stores of other tenants. */
  abstract readonly keys: KeyRing;
  /** What was migrated and caught up when the store was opened; the service logs it. */
  abstract readonly opened: OpenedProjections & { migrations: string[] };
  /** Records where the service is for other processes that find the store in use. */
  abstract announce(service: Announced): void;
  /** Answers all waiting commands, then closes the database. */
  abstract close(): Promise<void>;
}
