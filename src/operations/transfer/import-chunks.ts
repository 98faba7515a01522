import type { ReceiptRow, SkipRow } from '../../events/log/log-tables.js';
import type { LogEntry, LoggedEvent, LogHeader } from '../lines/log-line.js';

/** What goes into one transaction. */
const MAX_CHUNK_EVENTS = 2_000;
const MAX_CHUNK_RECEIPTS = 4_000;
const MAX_CHUNK_CHARACTERS = 8_000_000;

/** Some of a file, in its order. */
export interface ImportChunk {
  header: LogHeader;
  events: LoggedEvent[];
  receipts: ReceiptRow[];
  skips: SkipRow[];
  /** Of the last event of the file so far; where the file begins before the first. */
  position: number;
}

/** The file in chunks for transactions: the events of one command stay together, and with their receipt. */
export async function* inCommands(entries: AsyncIterable<LogEntry>): AsyncGenerator<ImportChunk> {
  let chunk: ImportChunk | undefined;
  let size = 0;
  const isFull = ({ events, receipts }: ImportChunk) =>
    events.length >= MAX_CHUNK_EVENTS ||
    receipts.length >= MAX_CHUNK_RECEIPTS ||
    size >= MAX_CHUNK_CHARACTERS;
  for await (const entry of entries) {
    if (entry.kind === 'header') chunk = emptyChunk(entry.header, entry.header.after);
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

function emptyChunk(header: LogHeader, position: number): ImportChunk {
  return { header, events: [], receipts: [], skips: [], position };
}

/** Whether the chunk must not end before the entry. */
function belongs(entry: LogEntry, { events, receipts }: ImportChunk): boolean {
  if (entry.kind === 'event') return entry.event.commandId === events.at(-1)?.commandId;
  // Any number of commands without events may have a receipt at the same place.
  return entry.kind === 'receipt' && receipts.length < MAX_CHUNK_RECEIPTS;
}

/** Answers about how much memory the entry takes. */
function take(entry: LogEntry, chunk: ImportChunk): number {
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
