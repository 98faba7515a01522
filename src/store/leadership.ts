import { PostgresqlLeadership } from '../database/postgresql/postgresql-leadership.js';
import type { DatabaseAddress } from './database-address.js';

/** Which of the processes that share a store does what only one of them may. */
export interface Leadership {
  /** Whether it is this one now. */
  isMine(): Promise<boolean>;
  close(): Promise<void>;
}

/** A data folder has one process; on PostgreSQL one of them all is the one, and another when it dies. */
export function leadershipOf(address: DatabaseAddress): Leadership {
  if ('url' in address) return new PostgresqlLeadership(address.url);
  return { isMine: async () => true, close: async () => undefined };
}
