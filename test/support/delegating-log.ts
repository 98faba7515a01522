import type { Table } from '../../src/database/table.js';
import {
  EventLog,
  type EventQuery,
  type LogHead,
  type LogTransaction,
  type StoredEvent,
} from '../../src/events/log/event-log.js';

/** Delegates to another log, except for what a test overrides. */
export class DelegatingLog extends EventLog {
  constructor(protected readonly log: EventLog) {
    super();
  }

  override transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    return this.log.transaction(work);
  }

  override bulkInsert(rows: ReadonlyMap<Table, readonly object[]>): Promise<void> {
    return this.log.bulkInsert(rows);
  }

  override head(): Promise<LogHead> {
    return this.log.head();
  }

  override read(query: EventQuery): Promise<StoredEvent[]> {
    return this.log.read(query);
  }

  override clearTraces(tables: readonly Table[]): Promise<boolean> {
    return this.log.clearTraces(tables);
  }

  override adoptIdentity(storeId: string): Promise<void> {
    return this.log.adoptIdentity(storeId);
  }
}
