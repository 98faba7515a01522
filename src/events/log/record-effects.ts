import type { Rows } from '../../database/row-store.js';
import { USER_ERASED } from '../erasure/user-erased.event.js';
import { USER_REOPENED } from '../erasure/user-reopened.event.js';
import { EVENTS_RESTORED, type EventsRestored } from '../retraction/events-restored.event.js';
import { EVENTS_RETRACTED, type EventsRetracted } from '../retraction/events-retracted.event.js';
import { erasureRecordsTable } from './erasure/erasure-tables.js';
import { erasuresTable } from './erasure/erasure-tables.js';
import { jsonCodec } from './event-codec.js';
import type { StoredEvent } from './event-log.js';
import { isErased } from './event-seal.js';
import { ERASURE_STEPS, retractedEventsTable, retractionsTable } from './retraction/retraction-tables.js';

/** What is recorded of an event that changes how earlier ones are read. */
type Recorded = Pick<StoredEvent, 'type' | 'userId' | 'position' | 'eventId' | 'data'>;

/** Whether the event takes earlier events of its user back, or lets them count again. */
export function changesThePast({ type }: { type: string }): boolean {
  return type === EVENTS_RETRACTED || type === EVENTS_RESTORED;
}

/** Because of these events, rows that earlier events of the user have made may have to go. */
export const UNDOING_TYPES: readonly string[] = [EVENTS_RETRACTED, EVENTS_RESTORED, USER_ERASED];

/** Whether rows that earlier events of the user have made may have to go because of the event. */
export function undoesEarlier({ type }: { type: string }): boolean {
  return UNDOING_TYPES.includes(type);
}

/**
 * Records what events that are being appended do to earlier ones, whoever appends them. From an erasure on,
 * the data of the earlier events is not read any more, and has to be erased. What a retraction takes back is
 * left out of every state after it. Positions in the data must be those in this log.
 */
export function recordEffects(events: readonly Recorded[], rows: Rows): void {
  for (const event of events) {
    const { type, userId, position } = event;
    if (type === USER_ERASED) {
      rows.put(erasuresTable, { userId, position, pending: true, reopened: null });
      const removed = { events: 0, receipts: 0, rows: {} };
      rows.put(erasureRecordsTable, { position, erasureId: event.eventId, userId, removed, endedAt: null });
      rows.removeUser(retractionsTable, userId);
      rows.removeUser(retractedEventsTable, userId);
    } else if (type === USER_REOPENED) {
      const erasure = rows.get(erasuresTable, userId);
      if (erasure) rows.put(erasuresTable, { ...erasure, reopened: position });
    } else if (changesThePast(event) && !isErased(event)) {
      recordRetraction(event, rows);
    }
  }
}

function recordRetraction({ type, userId, position, eventId, data }: Recorded, rows: Rows): void {
  if (type === EVENTS_RESTORED) {
    const { retractedAt } = jsonCodec.decode(data, userId) as EventsRestored;
    const row = rows.get(retractionsTable, userId, retractedAt);
    if (row) rows.put(retractionsTable, { ...row, restoredAt: row.restoredAt ?? position });
    return;
  }
  const { positions, erases = false } = jsonCodec.decode(data, userId) as EventsRetracted;
  const erasure = erases ? ERASURE_STEPS.pending : null;
  rows.put(retractionsTable, { userId, position, retractionId: eventId, restoredAt: null, erasure });
  for (const each of positions)
    rows.put(retractedEventsTable, { userId, position: each, retraction: position });
}
