import { PostgresqlLeadership } from '../database/postgresql/postgresql-leadership.js';
import type { DatabaseAddress } from './database-address.js';

/** Leader election: of all processes on one store, the leader runs schedules and log shipping. */
export interface Leadership {
  /** Whether this process is the leader now. */
  isLeader(): Promise<boolean>;
  close(): Promise<void>;
}

/** A data folder has one process, the leader. On PostgreSQL another process takes over if the leader dies. */
export function openLeadership(address: DatabaseAddress): Leadership {
  if ('url' in address) return new PostgresqlLeadership(address.url);
  return { isLeader: async () => true, close: async () => undefined };
}
