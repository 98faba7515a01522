import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { keyText } from '../../database/table.js';
import { receiptsTable, type ReceiptRow } from '../../events/log/log-tables.js';
import { receiptKey } from '../../events/log/receipt-key.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { LogEntry, LoggedEvent } from '../lines/log-line.js';
import { keyTaken, userExists } from './import-errors.js';

/** Entries that are looked up at once. */
const ENTRIES_PER_LOOKUP = 1_000;

/** How many events of a user the store and the file share so far. */
interface SharedEvents {
  /** Position in the store of the last event that both have. */
  upTo: number;
  /** How many events both have. */
  count: number;
  /** The store has no more events of the user. */
  exhausted: boolean;
}

/** What is compared of an event: a thousand whole ones would be too much to hold. */
type ComparedEvent = Pick<LoggedEvent, 'eventId' | 'userId' | 'position'>;

function comparedEvent({ eventId, userId, position }: LoggedEvent): ComparedEvent {
  return { eventId, userId, position };
}

/** Compares a file's events and receipts with the store's: what the store already has must be the same. */
export class ImportConflicts {
  private readonly users = new Map<string, SharedEvents>();
  private events: ComparedEvent[] = [];
  private receipts: ReceiptRow[] = [];

  constructor(private readonly reader: StoreReader) {}

  /** How many of each user's first events the store already has; users without any are left out. */
  get storedPerUser(): Map<string, number> {
    return new Map([...this.users].flatMap(([userId, { count }]) => (count > 0 ? [[userId, count]] : [])));
  }

  /** Collects an entry, and compares when enough are collected. Throws Refused on a conflict. */
  async take(entry: LogEntry): Promise<void> {
    if (entry.kind === 'event') this.events.push(comparedEvent(entry.event));
    if (entry.kind === 'receipt') this.receipts.push(entry.receipt);
    if (this.events.length >= ENTRIES_PER_LOOKUP || this.receipts.length >= ENTRIES_PER_LOOKUP)
      await this.flush();
  }

  /** Compares what is collected. Throws Refused on a conflict. */
  async flush(): Promise<void> {
    for (const [userId, events] of Map.groupBy(this.events, (event) => event.userId))
      await this.compare(userId, events);
    this.events = [];
    await this.compareReceipts(this.receipts);
    this.receipts = [];
  }

  private async compare(userId: string, events: readonly ComparedEvent[]): Promise<void> {
    let shared = this.users.get(userId);
    if (!shared) {
      shared = { upTo: 0, count: 0, exhausted: false };
      this.users.set(userId, shared);
    }
    for (let next = 0; next < events.length && !shared.exhausted;) {
      const stored = await this.reader.events({ after: shared.upTo, userId, limit: events.length - next });
      for (const { eventId, position } of stored) {
        const event = events[next++] as ComparedEvent;
        if (eventId !== event.eventId) {
          const what = `the event at position ${position} of the store differs from the one at position ${event.position} of the file`;
          throw userExists(userId, what);
        }
      }
      shared.count += stored.length;
      shared.upTo = stored.at(-1)?.position ?? shared.upTo;
      shared.exhausted = stored.length === 0;
    }
  }

  private async compareReceipts(receipts: readonly ReceiptRow[]): Promise<void> {
    if (receipts.length === 0) return;
    const byKey = new Map(receipts.map((receipt) => [keyText(receiptKey(receipt)), receipt]));
    const list: RowReader['list'] = (table, query) => this.reader.rows(table, query);
    // Different keys may share a hash, so there may be more than are asked for.
    const withHashes = pagesOf({ list }, receiptsTable, {
      filters: [
        ['userId', 'in', [...new Set(receipts.map(({ userId }) => userId))]],
        ['keyHash', 'in', receipts.map((receipt) => receipt.keyHash)],
      ],
      order: receiptsTable.key,
    });
    for await (const page of withHashes) {
      for (const stored of page) {
        const receipt = byKey.get(keyText(receiptKey(stored)));
        if (receipt && Buffer.compare(stored.requestHash, receipt.requestHash) !== 0)
          throw keyTaken(receipt.idempotencyKey);
      }
    }
  }
}
