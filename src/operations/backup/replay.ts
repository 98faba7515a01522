import { RowBatch } from '../../database/row-batch.js';
import type { EventLog, LogHead } from '../../events/log/event-log.js';
import { receiptsTable, skipsTable, type ReceiptRow, type SkipRow } from '../../events/log/log-tables.js';
import type { LogEntry, LoggedEvent } from '../lines/log-line.js';
import { inStreams } from '../transfer/import-streams.js';
import { unverifiedRestore } from './backup-errors.js';
import type { RestoreTarget } from './restore-plan.js';

/** Events of one transaction. */
const EVENTS_PER_BATCH = 2_000;

/** Where a replay has ended. */
export interface Replayed {
  events: number;
  /** The command of which the target names a part: it was left out whole, from this position on. */
  leftOut?: { from: number } | undefined;
}

/**
 * Appends what the lines say to a log that ends where they begin, up to the target: events, and the receipts and skips
 * of their positions, never a part of a command. Throws Corrupt where they do not follow on the log.
 */
export async function replay(
  log: EventLog,
  entries: AsyncIterable<LogEntry>,
  target: RestoreTarget | undefined,
  progress?: (events: number) => void,
): Promise<Replayed> {
  const commands = new WholeCommands(await log.head(), target);
  let events = 0;
  const write = async () => {
    const batch = commands.takeWhole();
    events += batch.events.length;
    await append(log, batch);
    progress?.(batch.events.length);
  };
  for await (const entry of entries) {
    if (!commands.add(entry)) break;
    if (commands.whole.events.length >= EVENTS_PER_BATCH) await write();
  }
  commands.end();
  await write();
  return { events, leftOut: commands.leftOut };
}

/** What is written together. */
interface Batch {
  events: LoggedEvent[];
  receipts: ReceiptRow[];
  skips: SkipRow[];
}

const nothing = (): Batch => ({ events: [], receipts: [], skips: [] });

/** Holds a command back until it is known where it ends. */
class WholeCommands {
  whole = nothing();
  leftOut: { from: number } | undefined;
  private open = nothing();
  /** Where what is whole ends. */
  private position: number;

  constructor(
    /** What the log has already. */
    private readonly head: LogHead,
    private readonly target: RestoreTarget | undefined,
  ) {
    this.position = head.position;
  }

  /** Takes an entry in; false behind the target. */
  add(entry: LogEntry): boolean {
    switch (entry.kind) {
      case 'header':
        this.check(entry.header.after, entry.header.previousHash);
        return true;
      case 'event':
        return this.event(entry.event);
      case 'receipt':
        (entry.receipt.position <= this.position ? this.whole : this.open).receipts.push(entry.receipt);
        return true;
      case 'skip':
        this.open.skips.push(entry.skip);
        return true;
      case 'trailer':
        return true;
      default:
        return entry satisfies never;
    }
  }

  /** The lines have ended, and with them the last command. */
  end(): void {
    const { events, receipts, skips } = this.open;
    this.position = events.at(-1)?.position ?? this.position;
    this.whole.events.push(...events);
    this.whole.receipts.push(...receipts);
    this.whole.skips.push(...skips.filter(({ position }) => position <= this.position));
    this.open = nothing();
  }

  takeWhole(): Batch {
    const { whole } = this;
    this.whole = nothing();
    return whole;
  }

  private event(event: LoggedEvent): boolean {
    this.check(event.position, event.hash);
    if (event.position <= this.head.position) return true;
    const first = this.open.events[0];
    const isSame = first?.commandId === event.commandId;
    if (isBeyond(event, this.target)) {
      if (first && isSame) {
        this.leftOut = { from: first.position };
        this.open = nothing();
      }
      return false;
    }
    if (first && !isSame) this.end();
    this.open.events.push(event);
    return true;
  }

  /** The lines and the log must be of the same past where they meet. */
  private check(position: number, hash: string): void {
    if (position !== this.head.position || hash === this.head.hash) return;
    throw unverifiedRestore(
      `what follows on position ${position} belongs to another log, or to a past that a restore has given up`,
    );
  }
}

function isBeyond(
  { position, recordedAt }: Pick<LoggedEvent, 'position' | 'recordedAt'>,
  target: RestoreTarget | undefined,
): boolean {
  if (!target) return false;
  return 'position' in target ? position > target.position : recordedAt > target.time;
}

function append(log: EventLog, { events, receipts, skips }: Batch): Promise<void> {
  return log.transaction(async (transaction) => {
    const first = events[0];
    if (first && first.position !== transaction.head.position + 1) {
      throw unverifiedRestore(
        `position ${first.position} does not follow on ${transaction.head.position}, where the log ends`,
      );
    }
    const rows = new RowBatch(transaction.rows);
    for (const receipt of receipts) rows.put(receiptsTable, receipt);
    for (const skip of skips) rows.put(skipsTable, skip);
    await transaction.append(await inStreams(transaction, events, (what) => unverifiedRestore(what)));
    await transaction.save(rows.changes());
  });
}
