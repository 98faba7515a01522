import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import type { LogEntry, LoggedEvent, LogHeader } from './log-line.js';

/** Bounds of one transaction. */
const MAX_CHUNK_EVENTS = 2_000;
const MAX_CHUNK_RECEIPTS = 4_000;
const MAX_CHUNK_CHARACTERS = 8_000_000;

/** Lines for one transaction, in the order of their file. */
export interface LineChunk {
  header: LogHeader;
  events: LoggedEvent[];
  receipts: ReceiptRow[];
  skips: SkipRow[];
  /** Of the last event of the file so far; where the file begins before the first. */
  position: number;
}

/** Divides lines into chunks for transactions: the events of one command stay together, and with their receipt. */
export async function* inCommands(entries: AsyncIterable<LogEntry>): AsyncGenerator<LineChunk> {
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
    if (isFull(chunk) && !belongs(entry, chunk)) {
      yield chunk;
      chunk = emptyChunk(chunk.header, chunk.position);
      size = 0;
    }
    size += take(entry, chunk);
  }
  if (chunk) yield chunk;
}

function emptyChunk(header: LogHeader, position: number): LineChunk {
  return { header, events: [], receipts: [], skips: [], position };
}

/** Whether the chunk must not end before the entry. */
function belongs(entry: LogEntry, { events, receipts }: LineChunk): boolean {
  if (entry.kind === 'event') return entry.event.commandId === events.at(-1)?.commandId;
  // Any number of commands without events may have a receipt at the same place.
  return entry.kind === 'receipt' && receipts.length < MAX_CHUNK_RECEIPTS;
}

/** Answers about how much memory the entry takes. */
function take(entry: LogEntry, chunk: LineChunk): number {
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
