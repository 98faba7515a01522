import type { RowChanges } from '../../src/database/row-store.js';
import type { EventLog, LogTransaction } from '../../src/events/log/event-log.js';
import { DelegatingLog } from './delegating-log.js';

/** What a transaction did. */
interface Held {
  /** Events of single users that it read. */
  again: number;
  /** Rows that it wrote. */
  rows: number;
}

/** Notes what each transaction does, and runs a callback before each; it gets the number of the transaction. */
export class WatchedLog extends DelegatingLog {
  readonly held: Held[] = [];

  constructor(
    log: EventLog,
    private readonly before: (transaction: number) => unknown = () => undefined,
  ) {
    super(log);
  }

  override async transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    await this.before(this.held.length + 1);
    const held: Held = { again: 0, rows: 0 };
    this.held.push(held);
    return this.log.transaction((transaction) => work(watched(transaction, held)));
  }

  /** The most of each that a transaction did. */
  get most(): Held {
    return {
      again: Math.max(...this.held.map(({ again }) => again)),
      rows: Math.max(...this.held.map(({ rows }) => rows)),
    };
  }
}

function watched(transaction: LogTransaction, held: Held): LogTransaction {
  return Object.create(transaction, {
    readOfUser: {
      value: async (query: Parameters<LogTransaction['readOfUser']>[0]) => {
        const page = await transaction.readOfUser(query);
        held.again += page.events.length;
        return page;
      },
    },
    save: {
      value: (changes: RowChanges) => {
        for (const changed of changes.values()) held.rows += changed.size;
        return transaction.save(changes);
      },
    },
  }) as LogTransaction;
}
