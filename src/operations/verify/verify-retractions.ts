import { jsonCodec } from '../../events/log/event-codec.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import {
  retractedEventsTable,
  retractionsTable,
  type RetractionRow,
} from '../../events/log/retraction/retraction-tables.js';
import { EVENTS_RESTORED, type EventsRestored } from '../../events/retraction/events-restored.event.js';
import { EVENTS_RETRACTED, type EventsRetracted } from '../../events/retraction/events-retracted.event.js';
import { livePages } from '../../projections/folding/compare-rows.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Finding } from './verify-log.js';

/**
 * Compares what is recorded of retractions with the events that say so. Positions may have been moved by an
 * import, so that only their number is compared.
 */
export class VerifyRetractions {
  readonly findings: Finding[] = [];
  /** By position: how many events each retraction of the present users takes back, and whether it erases them. */
  private retracted = new Map<number, { events: number; erases: boolean }>();
  /** The positions of the events that undid retractions. */
  private restored = new Set<number>();

  takeEvent(stored: ScannedEvent): void {
    if (isErased(stored)) return;
    const { type, position, userId, data } = stored;
    if (type === EVENTS_RETRACTED) {
      const { eventIds, erases = false } = jsonCodec.decode(data, userId) as EventsRetracted;
      this.retracted.set(position, { events: eventIds.length, erases });
    }
    if (type === EVENTS_RESTORED && (jsonCodec.decode(data, userId) as EventsRestored).retractionId)
      this.restored.add(position);
  }

  /** Compares the retractions of these users with their rows. */
  async endSnapshot(reader: Pick<StoreReader, 'rows'>, folded: FoldedUsers): Promise<void> {
    const rows = new Map<number, number>();
    for await (const page of livePages(reader, retractedEventsTable, folded))
      for (const row of page) {
        const { retraction } = row as { retraction: number };
        rows.set(retraction, (rows.get(retraction) ?? 0) + 1);
      }
    for await (const page of livePages(reader, retractionsTable, folded))
      for (const row of page) this.check(row as RetractionRow, rows);
    for (const position of this.retracted.keys()) this.add(position, 'the retraction is not recorded');
    for (const position of this.restored) this.add(position, 'the undoing of a retraction is not recorded');
    this.retracted = new Map();
    this.restored = new Set();
  }

  private check({ position, restoredAt, erasure }: RetractionRow, rows: ReadonlyMap<number, number>): void {
    const { events, erases = false } = this.retracted.get(position) ?? {};
    const recorded = rows.get(position) ?? 0;
    if (events !== recorded)
      this.add(
        position,
        `${recorded} events are recorded as taken back, and its event names ${events ?? 'none'}`,
      );
    if (erases !== (erasure !== null))
      this.add(
        position,
        `it is recorded as ${erases ? 'keeping' : 'erasing'} its events, which its event does not say`,
      );
    this.retracted.delete(position);
    if (restoredAt !== null && !this.restored.delete(restoredAt))
      this.add(position, `it is recorded as undone at position ${restoredAt}, which no event says`);
  }

  private add(position: number, what: string): void {
    this.findings.push({ check: 'retraction', position, what });
  }
}
