import type { EventDecoder } from './log/event-decoder.js';
import type { StoredEvent } from './log/event-log.js';

/**
 * Writes the JSON text of events: what JSON.stringify makes of `eventAnswer`, without making the object. The
 * data is decoded and written again, never passed on as stored: an imported log may hold another spelling.
 */
export class EventJson {
  private time = NaN;
  private timeText = '';

  constructor(private readonly decoder: EventDecoder) {}

  /** Throws PoisonEvent. */
  write(stored: StoredEvent): string {
    const data = JSON.stringify(this.decoder.data(stored));
    // Ids and the time as text are made of hex digits and punctuation, and a known type needs no escape.
    return `{"position":${stored.position},"eventId":"${stored.eventId}","streamId":${JSON.stringify(stored.streamId)},"version":${
      stored.version
    },"type":"${stored.type}","schemaVersion":${this.decoder.version(stored.type)},"userId":${JSON.stringify(
      stored.userId,
    )},"occurredAt":"${this.timeOf(stored.occurredAt)}","recordedAt":"${this.timeOf(stored.recordedAt)}","commandId":"${
      stored.commandId
    }","correlationId":${JSON.stringify(stored.correlationId)},"causationId":${
      stored.causationId === null ? 'null' : `"${stored.causationId}"`
    },"actor":${JSON.stringify(stored.actor)},"data":${data}}`;
  }

  /** Most events happened when they were recorded, and those of a command were recorded together. */
  private timeOf(ms: number): string {
    if (ms !== this.time) {
      this.timeText = new Date(ms).toISOString();
      this.time = ms;
    }
    return this.timeText;
  }
}
