import { Unavailable } from '../../errors.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { Doorbell } from '../../events/log/doorbell.js';
import { LogWalk, type EventFilter } from './log-walk.js';

/** The source of a live stream. */
export interface LiveSource {
  /** Reads a page; `behind` if the last one did not reach the head. */
  page: (query: PageQuery, behind: boolean) => Promise<EventPage>;
  doorbell: Doorbell;
  /** Milliseconds of silence after which the stream sends a heartbeat and reads the log again. */
  heartbeatMs: number;
}

/** Makes a disconnected client reconnect after one second. */
const RECONNECT_HINT = 'retry: 1000\n\n';
/** Pause before the next read while the database is unavailable, ms. */
const RETRY_PAUSE_MS = 1_000;

/**
 * Yields server-sent events after a position: first the stored events, then new ones, until the signal
 * aborts. Throws when the first read fails. Once open, it waits for an unavailable database and throws any
 * other error.
 */
export async function* liveEvents(
  { page: read, doorbell, heartbeatMs }: LiveSource,
  { after, ...filter }: EventFilter & { after: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array | string> {
  const walk = new LogWalk(filter, after);
  let opened = false;
  let isBehind = false;
  let lastSent = performance.now();
  const untilHeartbeat = () => lastSent + heartbeatMs - performance.now();

  while (!signal.aborted) {
    // Taken before the read, so that a ring during the read triggers another one.
    const rungBefore = doorbell.position;
    const page: EventPage | undefined = await unlessUnavailable(
      read({ ...walk.next(), format: 'sse' }, isBehind),
      opened,
    );
    if (signal.aborted) return;
    // The log was reset. The client reconnects, and learns that its position is ahead.
    if (page && page.head < walk.after) return;
    if (!opened) yield RECONNECT_HINT;
    opened = true;

    isBehind = page !== undefined && walk.advance(page);
    const text =
      chunkOf(page, isBehind) ?? (untilHeartbeat() <= 0 ? heartbeat(walk.after, filter) : undefined);
    if (text !== undefined) {
      yield text;
      lastSent = performance.now();
    }
    if (isBehind) continue;
    if (page) await doorbell.waitBeyond(Math.max(walk.after, rungBefore), untilHeartbeat(), signal);
    else await doorbell.waitBeyond(Infinity, Math.min(untilHeartbeat(), RETRY_PAUSE_MS), signal);
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

/** A message without data: the client stores the id, and after a reconnect does not scan that part again. */
function progress(after: number): string {
  return `id: ${after}\n\n`;
}

/** A comment, which clients ignore. With filters it adds the position, which may be past the last event. */
function heartbeat(after: number, { types, userId }: EventFilter): string {
  return `: heartbeat\n${types || userId ? progress(after) : '\n'}`;
}
