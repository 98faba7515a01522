import type { RowBatch } from '../../database/row-batch.js';
import { PoisonEvent } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { chainHash } from '../../events/log/event-hash.js';
import { type LogTransaction, type StoredEvent } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, receiptsTable, skipsTable, type ReceiptRow } from '../../events/log/log-tables.js';
import { statusOf } from '../../projections/folding/checkpoints.js';
import { ProjectionFolds } from '../../projections/folding/projection-folds.js';
import type { Projection } from '../../projections/projection.js';
import { inStreams } from '../lines/in-streams.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import { storeChanged } from './import-errors.js';
import type { ImportPlan, ImportTarget, WrittenChunk } from './import-parts.js';
import { withPositions } from './receipt-positions.js';

const EVENTS_PER_PAGE = 1_000;

/** A store that has events of its own: those of the file go behind them, at new positions. */
export class AppendTarget implements ImportTarget {
  /** Positions of the file's last events in the store; a command's receipt comes soon after its events. */
  private recent = new Map<number, number>();
  private before: ReadonlyMap<number, number> = new Map();
  private readonly seen = new Map<string, number>();
  private readonly folds: ProjectionFolds;
  private readonly decoder: EventDecoder;

  constructor(
    private readonly parts: { decoder: EventDecoder; projections: readonly Projection[] },
    private readonly plan: ImportPlan,
  ) {
    this.folds = new ProjectionFolds(parts.projections);
    this.decoder = parts.decoder;
  }

  isStored({ userId }: LoggedEvent): boolean {
    const there = this.plan.storedPerUser.get(userId);
    if (there === undefined) return false;
    const seen = (this.seen.get(userId) ?? 0) + 1;
    this.seen.set(userId, seen);
    return seen <= there;
  }

  async write(
    transaction: LogTransaction,
    chunk: LineChunk,
    fresh: readonly LoggedEvent[],
  ): Promise<WrittenChunk> {
    this.before = this.recent;
    this.recent = new Map();
    const events = await inStreams(transaction, this.atNewPositions(transaction, fresh), (what) =>
      storeChanged(what),
    );
    const skips = await this.skipsOf(transaction, chunk);
    // Whoever else works on this database takes it for granted that everything before its own events is folded. Where
    // the folds must not see an event, or cannot take it, the projections stay behind: they are made anew afterwards.
    const folds = this.plan.skips.size === 0 && events.length > 0 && (await this.isFolded(transaction));
    const receipts = await inBatch(transaction, (rows) => {
      const mark = rows.mark();
      if (folds && !this.canFold(events, rows)) rows.rollback(mark);
      for (const skip of skips) rows.put(skipsTable, skip);
      return this.keepReceipts(transaction, chunk, rows);
    });
    await transaction.append(events);
    return { moved: fresh.filter(({ position }) => this.recent.get(position) !== position).length, receipts };
  }

  /** Chained to the end of the store's log. */
  private atNewPositions({ head }: LogTransaction, events: readonly LoggedEvent[]): LoggedEvent[] {
    let { position, hash, recordedAt } = head;
    return events.map((event) => {
      this.recent.set(event.position, ++position);
      recordedAt = Math.max(recordedAt, event.recordedAt);
      const moved = { ...event, position, recordedAt };
      hash = chainHash(hash, moved);
      return { ...moved, hash };
    });
  }

  private isFolded(transaction: LogTransaction): Promise<boolean> {
    const { position: head } = transaction.head;
    return inBatch(transaction, (rows) =>
      this.parts.projections
        .map((projection) => {
          const checkpoint = rows.get(checkpointsTable, projection.name);
          return checkpoint !== undefined && statusOf(projection, checkpoint, head) === 'live';
        })
        .every(Boolean),
    );
  }

  /** Folds the events; false where folds cannot take one of them. */
  private canFold(events: readonly StoredEvent[], rows: RowBatch): boolean {
    try {
      for (const event of events) this.folds.fold(this.decoder.decode(event), rows);
    } catch (error) {
      if (error instanceof PoisonEvent) return false;
      throw error;
    }
    this.folds.checkpoint(events.at(-1)?.position ?? 0, rows);
    return true;
  }

  /** Receipts that are there, from an import before, stay as they are. */
  private keepReceipts(transaction: LogTransaction, chunk: LineChunk, rows: RowBatch): number {
    let kept = 0;
    for (const receipt of chunk.receipts) {
      if (rows.get(receiptsTable, receipt.idempotencyKey)) continue;
      rows.put(receiptsTable, this.atNewPosition(receipt, transaction.head.position));
      kept++;
    }
    return kept;
  }

  private atNewPosition(receipt: ReceiptRow, head: number): ReceiptRow {
    const newPosition = (old: number) => this.recent.get(old) ?? this.before.get(old);
    // A command without events has its receipt where the log ended then: after what of the file stands before it.
    const position = newPosition(receipt.position) ?? this.lastBefore(receipt.position) ?? head;
    return { ...receipt, position, body: withPositions(receipt.body, newPosition) };
  }

  private lastBefore(position: number): number | undefined {
    const places = [...this.before, ...this.recent];
    return places.findLast(([old]) => old <= position)?.[1];
  }

  /** Skips name their event's position. */
  private async skipsOf(transaction: LogTransaction, { events }: LineChunk) {
    const skips = [];
    for (const event of events) {
      for (const skip of this.plan.skips.get(event.position) ?? []) {
        const position = this.recent.get(event.position) ?? (await placeOf(transaction, event));
        if (position !== undefined) skips.push({ ...skip, position });
      }
    }
    return skips;
  }
}

/** Where the store has the event. */
async function placeOf(
  transaction: LogTransaction,
  { userId, streamId, version }: LoggedEvent,
): Promise<number | undefined> {
  for (let after = 0; ;) {
    const page = await transaction.read({ after, userId, streamId, limit: EVENTS_PER_PAGE });
    const found = page.find((event) => event.version === version);
    if (found || page.length < EVENTS_PER_PAGE) return found?.position;
    after = page.at(-1)?.position ?? after;
  }
}
