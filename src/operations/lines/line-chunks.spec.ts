import { GENESIS } from '../../events/log/event-hash.js';
import type { ReceiptRow } from '../../events/log/log-tables.js';
import { chunkByCommand, type LineChunk } from './line-chunks.js';
import type { LogEntry, LoggedEvent } from './log-line.js';

/** How many events, receipts and characters go into one transaction. */
const EVENTS = 2_000;
const RECEIPTS = 4_000;
const CHARACTERS = 8_000_000;

const HEADER: LogEntry = {
  kind: 'header',
  line: 1,
  header: {
    edgesoul: 'log',
    format: 1,
    scope: 'all',
    after: 7,
    previousHash: GENESIS,
    upTo: 100_000,
    createdAt: '2026-03-02T08:00:00.000Z',
  },
};

const eventOf = (position: number, command: number, data = '{}'): LogEntry => ({
  kind: 'event',
  line: position,
  event: { position, commandId: `command-${command}`, data } as LoggedEvent,
});

const receiptOf = (position: number, body = '{}'): LogEntry => ({
  kind: 'receipt',
  line: position,
  receipt: { position, body } as ReceiptRow,
});

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function chunksOf(...entries: LogEntry[]): Promise<LineChunk[]> {
  const chunks: LineChunk[] = [];
  const source = (async function* () {
    yield* entries;
  })();
  for await (const chunk of chunkByCommand(source)) chunks.push(chunk);
  return chunks;
}

const sizes = (chunks: readonly LineChunk[]) => chunks.map(({ events }) => events.length);

describe('a file in transactions', () => {
  it('is one transaction that begins where the file begins, also when nothing follows', async () => {
    const [chunk, ...others] = await chunksOf(HEADER);
    expect(others).toEqual([]);
    expect(chunk).toMatchObject({ events: [], receipts: [], skips: [], position: 7 });
    expect(await chunksOf()).toEqual([]);
  });

  it('keeps every entry, in its order, with the position of the last event so far', async () => {
    const positions = range(8, 5_000);
    const chunks = await chunksOf(
      HEADER,
      ...positions.flatMap((position) => [eventOf(position, position), receiptOf(position)]),
    );
    expect(sizes(chunks)).toEqual([EVENTS, EVENTS, 4_993 - 2 * EVENTS]);
    expect(chunks.flatMap(({ events }) => events.map(({ position }) => position))).toEqual(positions);
    expect(chunks.flatMap(({ receipts }) => receipts.map(({ position }) => position))).toEqual(positions);
    expect(chunks.map(({ position }) => position)).toEqual([2_007, 4_007, 5_000]);
    expect(new Set(chunks.map(({ header }) => header.after))).toEqual(new Set([7]));
  });

  it('never ends within a command, or in front of its receipt', async () => {
    const last = EVENTS + 5;
    const chunks = await chunksOf(
      HEADER,
      ...range(1, EVENTS - 1).map((position) => eventOf(position, position)),
      ...range(EVENTS, last).map((position) => eventOf(position, EVENTS)),
      receiptOf(last),
      eventOf(last + 1, last + 1),
    );
    expect(sizes(chunks)).toEqual([last, 1]);
    expect(chunks.map(({ receipts }) => receipts.length)).toEqual([1, 0]);
  });

  it('ends after so many receipts, though all are of one place', async () => {
    const receipts = range(1, RECEIPTS + 1).map(() => receiptOf(8));
    const chunks = await chunksOf(HEADER, eventOf(8, 1), ...receipts);
    expect(chunks.map((chunk) => chunk.receipts.length)).toEqual([RECEIPTS, 1]);
    expect(chunks.map(({ position }) => position)).toEqual([8, 8]);
  });

  it('ends after so many characters of events and of answers', async () => {
    const half = 'x'.repeat(CHARACTERS / 2);
    const chunks = await chunksOf(
      HEADER,
      eventOf(8, 8, half),
      receiptOf(8, half),
      eventOf(9, 9, half),
      eventOf(10, 10, half),
      eventOf(11, 11),
    );
    expect(sizes(chunks)).toEqual([1, 2, 1]);
  });

  it('keeps skips, and nothing of the last line', async () => {
    const skip = { projection: 'memory-index', eventId: 'e', position: 8, cause: 'poison', skippedAt: 1 };
    const trailer = { end: true, events: 1, receipts: 0, skips: 1, lastHash: GENESIS, digest: '' } as const;
    const [chunk] = await chunksOf(
      HEADER,
      eventOf(8, 8),
      { kind: 'skip', line: 3, skip },
      { kind: 'trailer', line: 4, trailer },
    );
    expect(chunk).toMatchObject({ skips: [skip], position: 8 });
  });
});
