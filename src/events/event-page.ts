import { PoisonEvent } from '../errors.js';
import { eventAnswer } from './event-answer.js';
import type { StoreEvent } from './event-catalog.js';
import type { EventDecoder } from './log/event-decoder.js';
import type { EventQuery, StoredEvent } from './log/event-log.js';

/** How a page is written: one JSON document, a line an event, or a server-sent event each. */
export type EventFormat = 'json' | 'ndjson' | 'sse';

/** Which events to write, and how. */
export interface PageQuery extends EventQuery {
  format: EventFormat;
}

/** A page of the log as text in UTF-8: made where it is read, never parsed again. */
export interface EventPage {
  text: Uint8Array;
  /** How many events it holds. */
  events: number;
  /** Where the page after this one begins: everything up to there has been answered. */
  nextAfter: number;
  /** Position of the log's last event when the page was read. */
  head: number;
}

/** Bytes after which a page of a stream is closed, however many events were asked for: someone slow may hold it long. */
const MAX_PAGE_BYTES = 256 * 1024;

/** JSON text never holds a line break, which is what ends a line of NDJSON and a field of a server-sent event. */
const WRITTEN: Record<EventFormat, (json: string, event: StoreEvent) => string> = {
  json: (json) => json,
  ndjson: (json) => `${json}\n`,
  sse: (json, { position, type }) => `id: ${position}\nevent: ${type}\ndata: ${json}\n\n`,
};

/** Writes one page, event by event. */
export class PageWriter {
  private readonly events: string[] = [];
  private bytes = 0;
  private last = 0;
  private closed = false;

  constructor(
    private readonly query: PageQuery,
    private readonly decoder: EventDecoder,
  ) {}

  /** Takes the next event in; false when it has to wait for the next page. Throws PoisonEvent. */
  add(stored: StoredEvent): boolean {
    this.closed = this.bytes >= MAX_PAGE_BYTES || !this.write(stored);
    return !this.closed;
  }

  /** The page, all of its events taken in. */
  finish(head: number): EventPage {
    const { limit, format, upTo = Infinity } = this.query;
    const full = this.closed || this.events.length === limit;
    const nextAfter = full && this.events.length > 0 ? this.last : Math.min(head, upTo);
    const text =
      format === 'json'
        ? `{"items":[${this.events.join(',')}],"nextAfter":${nextAfter},"head":${head}}`
        : this.events.join('');
    return { text: new TextEncoder().encode(text), events: this.events.length, nextAfter, head };
  }

  private write(stored: StoredEvent): boolean {
    try {
      const text = this.written(stored);
      // A page of JSON holds what was asked for; its reader has set the limit.
      if (this.query.format !== 'json') this.bytes += Buffer.byteLength(text);
      this.events.push(text);
      this.last = stored.position;
      return true;
    } catch (error) {
      // A stream gives all that is before the event which nobody can read; the page that begins with it fails.
      const stopsHere =
        error instanceof PoisonEvent && this.query.format !== 'json' && this.events.length > 0;
      if (!stopsHere) throw error;
      return false;
    }
  }

  private written(stored: StoredEvent): string {
    const event = this.decoder.decode(stored);
    return WRITTEN[this.query.format](JSON.stringify(eventAnswer(event)), event);
  }
}
