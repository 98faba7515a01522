import { Unavailable } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { Doorbell } from '../../events/log/doorbell.js';
import { LogWalk, type EventFilter } from './log-walk.js';

/** What a live stream is made of. */
export interface LiveSource {
  page: (query: PageQuery) => Promise<EventPage>;
  doorbell: Doorbell;
  /** Milliseconds of silence after which a sign of life is sent, and the head looked at. */
  heartbeatMs: number;
}

/** Whoever is cut off asks again after a second. */
const RECONNECT_HINT = 'retry: 1000\n\n';
/** Pause before a database that cannot serve now is asked again. */
const RETRY_PAUSE_MS = 1_000;

/**
 * Server-sent events from a position on: first what is there, then whatever comes, until the signal aborts. What
 * cannot be read at all throws before the first byte; later on, a database that is away is waited for.
 */
export async function* liveEvents(
  { page: read, doorbell, heartbeatMs }: LiveSource,
  { after, ...filter }: EventFilter & { after: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array | string> {
  const walk = new LogWalk(filter, after);
  let opened = false;
  let lastSent = performance.now();
  const untilHeartbeat = () => lastSent + heartbeatMs - performance.now();

  while (!signal.aborted) {
    // Noted before the read: what is rung during it is a reason to read again.
    const rungBefore = doorbell.position;
    const page = await unlessUnavailable(read({ ...walk.next(), format: 'sse' }), opened);
    if (signal.aborted) return;
    if (!opened) yield RECONNECT_HINT;
    opened = true;

    const isBehind = page !== undefined && walk.advance(page);
    const text =
      chunkOf(page, isBehind) ?? (untilHeartbeat() <= 0 ? heartbeat(walk.after, filter) : undefined);
    if (text !== undefined) {
      yield text;
      lastSent = performance.now();
    }
    if (isBehind) continue;
    if (page) await doorbell.beyond(Math.max(walk.after, rungBefore), untilHeartbeat(), signal);
    else await doorbell.beyond(Infinity, Math.min(untilHeartbeat(), RETRY_PAUSE_MS), signal);
  }
}

async function unlessUnavailable<T>(reading: Promise<T>, opened: boolean): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (opened && error instanceof Unavailable) return undefined;
    throw error;
  }
}

function chunkOf(page: EventPage | undefined, isBehind: boolean): Uint8Array | string | undefined {
  if (page && page.events > 0) return page.text;
  return page && isBehind ? progress(page.nextAfter) : undefined;
}

/** Without data a client notes the id and shows nothing; when it comes back it need not walk that part again. */
function progress(after: number): string {
  return `id: ${after}\n\n`;
}

/** A comment, which no client shows; with filters the position may have moved since the last event. */
function heartbeat(after: number, { types, userId }: EventFilter): string {
  return `: heartbeat\n${types || userId ? progress(after) : '\n'}`;
}
