import type { QuotaUsageAnswer } from '../quota-usage.dto.js';

/** Statistics of the whole store. */
export class StoreStatsAnswer {
  /**
   * The UUID that names the store: made once, kept by backups and restores, and in the headers of its feeds.
   */
  storeId: string;
  users: number;
  events: number;
  /** Number of events of each type, including types without events. */
  eventsByType: Record<string, number>;
  /** Number of rows in all tables of each projection, by projection name. */
  rowsByProjection: Record<string, number>;
  /** Size of tables and indexes; on SQLite including pages that are only in the write-ahead log. */
  databaseBytes: number;
  /** Database bytes per event, including everything derived from it; null without events. */
  bytesPerEvent: number | null;
  /** Size of SQLite's write-ahead log; null on PostgreSQL. */
  walBytes: number | null;
  /** Uptime of this process. */
  uptimeSeconds: number;
  /** When users and rows were counted; a slow count is reused for a while. */
  countedAt: string;
  /** What counts against the quotas of the store; null without quotas, and without a running service. */
  usage: QuotaUsageAnswer | null;
}
