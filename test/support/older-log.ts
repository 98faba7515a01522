import { chainHash } from '../../src/events/log/event-hash.js';
import type { LogTransaction, StoredEvent } from '../../src/events/log/event-log.js';
import { DelegatingLog } from './delegating-log.js';

/** Appends events as a release did whose events had no seal: the hash covers the data itself. */
export class OlderLog extends DelegatingLog {
  override transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    return this.log.transaction((transaction) =>
      work(
        Object.create(transaction, {
          append: {
            value: (events: readonly StoredEvent[]) =>
              transaction.append(withoutSeals(transaction.head.hash, events)),
          },
        }) as LogTransaction,
      ),
    );
  }
}

function withoutSeals(before: string, events: readonly StoredEvent[]): StoredEvent[] {
  let hash = before;
  return events.map((event) => {
    hash = chainHash(hash, { ...event, seal: null });
    return { ...event, seal: null, hash };
  });
}
