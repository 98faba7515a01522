import type { RowBatch } from '../../database/row-batch.js';
import { PoisonEvent } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { chainHash } from '../../events/log/event-hash.js';
import { type LogTransaction, type StoredEvent } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, receiptsTable, skipsTable, type ReceiptRow } from '../../events/log/log-tables.js';
import { receiptKey } from '../../events/log/receipt-key.js';
import { changesThePast, recordEffects } from '../../events/log/record-effects.js';
import { statusOf } from '../../projections/folding/checkpoints.js';
import { ProjectionFolds } from '../../projections/folding/projection-folds.js';
import type { Projection } from '../../projections/projection.js';
import type { LineChunk } from '../lines/line-chunks.js';
import type { LoggedEvent } from '../lines/log-line.js';
import { withStreamKeys } from '../lines/with-stream-keys.js';
import { storeChanged } from './import-errors.js';
import type { ImportPlan, ImportTarget, WrittenChunk } from './import-parts.js';
import { withPositionsHere } from './moved-retractions.js';
import { withPositions } from './receipt-positions.js';

const EVENTS_PER_PAGE = 1_000;

/** Imports into a store that has its own events: the file's events go after them, at new positions. */
export class AppendTarget implements ImportTarget {
  /** New positions of this chunk's events, by old position; receipts follow soon, so two chunks are kept. */
  private positions = new Map<number, number>();
  private previousPositions: ReadonlyMap<number, number> = new Map();
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
    const stored = this.plan.storedPerUser.get(userId);
    if (stored === undefined) return false;
    const seen = (this.seen.get(userId) ?? 0) + 1;
    this.seen.set(userId, seen);
    return seen <= stored;
  }

  async write(
    transaction: LogTransaction,
    chunk: LineChunk,
    fresh: readonly LoggedEvent[],
  ): Promise<WrittenChunk> {
    this.previousPositions = this.positions;
    this.positions = new Map();
    const events = await withStreamKeys(transaction, this.atNewPositions(transaction, fresh), (what) =>
      storeChanged(what),
    );
    const skips = await this.skipsOf(transaction, chunk);
    // Other processes assume that everything before their own events is folded: fold in this transaction.
    // With skips or a poison event, the projections lag and are brought to the head afterwards.
    // Nor are users folded again here, whose past the events change.
    const foldsHere =
      this.plan.skips.size === 0 &&
      events.length > 0 &&
      !events.some(changesThePast) &&
      (await this.areFoldsLive(transaction));
    const recorded = await withPositionsHere(transaction, events);
    const receipts = await inBatch(transaction, (rows) => {
      const mark = rows.mark();
      if (foldsHere && !this.tryFold(events, rows)) rows.rollback(mark);
      for (const skip of skips) rows.put(skipsTable, skip);
      recordEffects(recorded, rows);
      return this.addReceipts(transaction, chunk, rows);
    });
    await transaction.append(events);
    return {
      moved: fresh.filter(({ position }) => this.positions.get(position) !== position).length,
      receipts,
    };
  }

  /** Returns the events at positions after the store's head, with their hashes chained to it. */
  private atNewPositions({ head }: LogTransaction, events: readonly LoggedEvent[]): LoggedEvent[] {
    let { position, hash, recordedAt } = head;
    return events.map((event) => {
      this.positions.set(event.position, ++position);
      recordedAt = Math.max(recordedAt, event.recordedAt);
      const moved = { ...event, position, recordedAt };
      hash = chainHash(hash, moved);
      return { ...moved, hash };
    });
  }

  private areFoldsLive(transaction: LogTransaction): Promise<boolean> {
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

  /** Folds the events. Returns false if one of them is a poison event. */
  private tryFold(events: readonly StoredEvent[], rows: RowBatch): boolean {
    try {
      for (const event of events) this.folds.fold(this.decoder.decode(event), rows);
    } catch (error) {
      if (error instanceof PoisonEvent) return false;
      throw error;
    }
    this.folds.checkpoint(events.at(-1)?.position ?? 0, rows);
    return true;
  }

  /** Adds the receipts that the store lacks (an earlier import may have written some), and counts them. */
  private addReceipts(transaction: LogTransaction, chunk: LineChunk, rows: RowBatch): number {
    let added = 0;
    for (const receipt of chunk.receipts) {
      if (rows.get(receiptsTable, ...receiptKey(receipt))) continue;
      rows.put(receiptsTable, this.atNewPosition(receipt, transaction.head.position));
      added++;
    }
    return added;
  }

  private atNewPosition(receipt: ReceiptRow, head: number): ReceiptRow {
    const newPosition = (old: number) => this.positions.get(old) ?? this.previousPositions.get(old);
    // The receipt of a command without events belongs after the last event before it.
    const position = newPosition(receipt.position) ?? this.lastBefore(receipt.position) ?? head;
    return { ...receipt, position, body: withPositions(receipt.body, newPosition) };
  }

  private lastBefore(position: number): number | undefined {
    const pairs = [...this.previousPositions, ...this.positions];
    return pairs.findLast(([old]) => old <= position)?.[1];
  }

  /** Returns the skips of the chunk's events, with the positions that the events have in the store. */
  private async skipsOf(transaction: LogTransaction, { events }: LineChunk) {
    const skips = [];
    for (const event of events) {
      for (const skip of this.plan.skips.get(event.position) ?? []) {
        const position = this.positions.get(event.position) ?? (await positionIn(transaction, event));
        if (position !== undefined) skips.push({ ...skip, position });
      }
    }
    return skips;
  }
}

/** Returns the event's position in the store; undefined if the store does not have it. */
async function positionIn(
  transaction: LogTransaction,
  { userId, streamId, version }: LoggedEvent,
): Promise<number | undefined> {
  for (let after = 0; ;) {
    const page = await transaction.read({ after, userId, streamId, limit: EVENTS_PER_PAGE });
    const match = page.find((event) => event.version === version);
    const last = page.at(-1);
    if (match || !last) return match?.position;
    after = last.position;
  }
}
