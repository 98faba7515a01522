import { PoisonEvent } from '../errors.js';
import { csvLine } from '../formats/csv.js';
import { EVENT_FIELDS } from './event-fields.js';
import { EventJson } from './event-json.js';
import type { EventDecoder } from './log/event-decoder.js';
import type { EventQuery, StoredEvent } from './log/event-log.js';

/**
 * Format of a page: the items of a JSON list, a line of JSON or CSV per event, or one server-sent event per
 * event.
 */
export type EventFormat = 'json' | 'ndjson' | 'csv' | 'sse';

/** Selects the events of a page and its format. */
export interface PageQuery extends EventQuery {
  format: EventFormat;
}

/** A page of the log as UTF-8 text: serialized by the thread that reads it, never parsed again. */
export interface EventPage {
  text: Uint8Array;
  /** Number of events in the page. */
  events: number;
  /** `after` of the next page: no event up to this position is left to return. */
  nextAfter: number;
  /** Position of the log's last event when the page was read. */
  head: number;
}

/**
 * Size at which a page ends, whatever its limit: a slow client may keep it in memory for long, and other
 * readers wait until it is read.
 */
export const MAX_PAGE_BYTES = 256 * 1024;

/** Builds one page, event by event. */
export class PageWriter {
  private readonly events: string[] = [];
  private bytes = 0;
  private lastPosition = 0;
  private closed = false;

  private readonly json: EventJson;

  constructor(
    private readonly query: PageQuery,
    private readonly decoder: EventDecoder,
  ) {
    this.json = new EventJson(decoder);
  }

  /** Adds the next event; returns false when the event belongs to the next page. Throws PoisonEvent. */
  add(stored: StoredEvent): boolean {
    this.closed = this.bytes >= MAX_PAGE_BYTES || !this.write(stored);
    return !this.closed;
  }

  /**
   * Returns the page; `head` is the position of the log's last event, `cut` whether not all events were read.
   */
  finish(head: number, cut = false): EventPage {
    const { limit, format, upTo = Infinity } = this.query;
    const full = cut || this.closed || this.events.length === limit;
    const nextAfter = full && this.events.length > 0 ? this.lastPosition : Math.min(head, upTo);
    const text = this.events.join(format === 'json' ? ',' : '');
    return { text: new TextEncoder().encode(text), events: this.events.length, nextAfter, head };
  }

  private write(stored: StoredEvent): boolean {
    try {
      const text = this.format(stored);
      this.bytes += Buffer.byteLength(text);
      this.events.push(text);
      this.lastPosition = stored.position;
      return true;
    } catch (error) {
      // Every event before the poison event is returned; the page that begins with it fails.
      if (!(error instanceof PoisonEvent) || this.events.length === 0) throw error;
      return false;
    }
  }

  /**
   * JSON text contains no line break, so it fits in one line of NDJSON or one field of a server-sent event.
   */
  private format(stored: StoredEvent): string {
    const { format } = this.query;
    if (format === 'csv') return csvLine(EVENT_FIELDS, { ...this.decoder.decode(stored) });
    const json = this.json.write(stored);
    if (format === 'ndjson') return `${json}\n`;
    return format === 'json' ? json : `id: ${stored.position}\nevent: ${stored.type}\ndata: ${json}\n\n`;
  }
}
