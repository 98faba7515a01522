import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import type { LogEntry, LoggedEvent, LogHeader } from './log-line.js';

/** Upper bounds of one chunk. */
const MAX_CHUNK_EVENTS = 2_000;
const MAX_CHUNK_RECEIPTS = 4_000;
const MAX_CHUNK_CHARACTERS = 8_000_000;

/** The lines for one transaction, in the order of their file. */
export interface LineChunk {
  header: LogHeader;
  events: LoggedEvent[];
  receipts: ReceiptRow[];
  skips: SkipRow[];
  /** Position of the last event so far; before the first event, the position after which the file begins. */
  position: number;
}

/** Divides lines into one chunk per transaction. A command's events and its receipt stay together. */
export async function* chunkByCommand(entries: AsyncIterable<LogEntry>): AsyncGenerator<LineChunk> {
  let chunk: LineChunk | undefined;
  let size = 0;
  const isFull = ({ events, receipts }: LineChunk) =>
    events.length >= MAX_CHUNK_EVENTS ||
    receipts.length >= MAX_CHUNK_RECEIPTS ||
    size >= MAX_CHUNK_CHARACTERS;
  for await (const entry of entries) {
    if (entry.kind === 'header') {
      const { header } = entry;
      // A second header begins the next file of the same log.
      chunk = chunk ? { ...chunk, header } : emptyChunk(header, header.after);
    }
    if (!chunk) continue;
    if (isFull(chunk) && !mustStayTogether(entry, chunk)) {
      yield chunk;
      chunk = emptyChunk(chunk.header, chunk.position);
      size = 0;
    }
    size += add(entry, chunk);
  }
  if (chunk) yield chunk;
}

function emptyChunk(header: LogHeader, position: number): LineChunk {
  return { header, events: [], receipts: [], skips: [], position };
}

/** Whether the entry must be in the same chunk as the entries before it. */
function mustStayTogether(entry: LogEntry, { events, receipts }: LineChunk): boolean {
  if (entry.kind === 'event') return entry.event.commandId === events.at(-1)?.commandId;
  // The number of receipts at one position is unlimited, because commands without events have receipts too.
  return entry.kind === 'receipt' && receipts.length < MAX_CHUNK_RECEIPTS;
}

/** Adds the entry to the chunk. Returns about how much memory it takes. */
function add(entry: LogEntry, chunk: LineChunk): number {
  if (entry.kind === 'event') {
    chunk.events.push(entry.event);
    chunk.position = entry.event.position;
    return entry.event.data.length;
  }
  if (entry.kind === 'receipt') {
    chunk.receipts.push(entry.receipt);
    return entry.receipt.body.length;
  }
  if (entry.kind === 'skip') chunk.skips.push(entry.skip);
  return 0;
}
