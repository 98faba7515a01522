/** The store in numbers. */
export class StoreStatsAnswer {
  users: number;
  events: number;
  /** Every type there is. */
  eventsByType: Record<string, number>;
  /** Rows of all tables of a projection, by its name. */
  rowsByProjection: Record<string, number>;
  /** Tables and indexes; on SQLite with what still stands in the write-ahead log only. */
  databaseBytes: number;
  /** Database bytes for each event, all that is made of it included; null without events. */
  bytesPerEvent: number | null;
  /** Size of SQLite's write-ahead log; null on PostgreSQL. */
  walBytes: number | null;
  /** Of this process. */
  uptimeSeconds: number;
  /** When users and rows were counted: counting that takes long is not done anew for everyone who asks. */
  countedAt: string;
}
