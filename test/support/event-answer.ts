import type { StoreEvent } from '../../src/events/event-catalog.js';

/** An event in the shape of the HTTP answers, as an object; `EventJson` writes the same as text. */
export function eventAnswer(event: StoreEvent): object {
  return {
    position: event.position,
    eventId: event.eventId,
    streamId: event.streamId,
    version: event.version,
    type: event.type,
    schemaVersion: event.schemaVersion,
    userId: event.userId,
    occurredAt: new Date(event.occurredAt).toISOString(),
    recordedAt: new Date(event.recordedAt).toISOString(),
    commandId: event.commandId,
    correlationId: event.correlationId,
    causationId: event.causationId,
    actor: event.actor,
    data: event.data,
  };
}
