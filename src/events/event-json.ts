import type { EventDecoder } from './log/event-decoder.js';
import type { StoredEvent } from './log/event-log.js';

/** What an erased event has in the place of its data. */
const ERASED = 'null,"erased":true';

/**
 * Writes events in the shape of the HTTP answers, as JSON; times are ISO 8601 UTC. The text is put together
 * from its fields, because an object for JSON.stringify takes longer. Data is decoded and written again,
 * never passed on as it is stored: what was imported may be spelled in another way.
 */
export class EventJson {
  private lastTime = Number.NaN;
  private lastTimeText = '';

  constructor(private readonly decoder: EventDecoder) {}

  /** Returns the event's JSON text. Throws PoisonEvent. */
  write(stored: StoredEvent): string {
    const data = this.decoder.data(stored);
    const { position, version, type, eventId, commandId, causationId: cause } = stored;
    // UUIDs, times and the names of known types contain nothing that JSON escapes.
    const origin = `"commandId":"${commandId}","correlationId":${JSON.stringify(stored.correlationId)}`;
    return (
      `{"position":${position},"eventId":"${eventId}","streamId":${JSON.stringify(stored.streamId)}` +
      `,"version":${version},"type":"${type}","schemaVersion":${this.decoder.version(type)}` +
      `,"userId":${JSON.stringify(stored.userId)},"occurredAt":"${this.isoTime(stored.occurredAt)}"` +
      `,"recordedAt":"${this.isoTime(stored.recordedAt)}",${origin}` +
      `,"causationId":${cause === null ? 'null' : `"${cause}"`},"actor":${JSON.stringify(stored.actor)}` +
      `,"data":${data === null ? ERASED : JSON.stringify(data)}${retracted(stored)}}`
    );
  }

  /** Most events occurred when they were recorded, and the events of a command were recorded together. */
  private isoTime(ms: number): string {
    if (ms !== this.lastTime) {
      this.lastTimeText = new Date(ms).toISOString();
      this.lastTime = ms;
    }
    return this.lastTimeText;
  }
}

/** Says of an event that was taken back by which retraction, and at which position. */
function retracted({ retraction }: StoredEvent): string {
  return retraction ? `,"retracted":{"by":"${retraction.retractionId}","at":${retraction.position}}` : '';
}
