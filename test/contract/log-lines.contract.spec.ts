import { FileRefused } from '../../src/errors.js';
import { receiptsTable } from '../../src/events/log/log-tables.js';
import { undecompressableFile } from '../../src/operations/lines/file-errors.js';
import type { LogEntry } from '../../src/operations/lines/log-line.js';
import { linesOf } from '../../src/operations/lines/log-lines.js';
import { readLines } from '../../src/operations/lines/read-log-lines.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import { openStoreReader } from '../../src/store/open-store-reader.js';
import { allEvents, append, feeling, joy, refusal } from '../support/appends.js';
import { DATABASES } from '../support/databases.js';
import { noFolds } from '../support/no-folds.js';
import type { TestDatabase } from '../support/test-database.js';
import { pieces } from '../support/transfer.js';

const USERS = ['ada', 'bob', 'élan'];

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}

async function read(text: string): Promise<LogEntry[]> {
  return collected(readLines(pieces(text)));
}

async function readError(text: string): Promise<FileRefused> {
  const error = await refusal(read(text));
  expect(error).toBeInstanceOf(FileRefused);
  return error as FileRefused;
}

function eventsOf(entries: readonly LogEntry[]) {
  return entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
}

function receiptsOf(entries: readonly LogEntry[]) {
  return entries.flatMap((entry) => (entry.kind === 'receipt' ? [entry.receipt] : []));
}

for (const database of DATABASES) {
  describe(`${database.name}: an exported log`, () => {
    let db: TestDatabase;
    let reader: StoreReader;
    let whole: string;

    const storedEvents = async () => (await allEvents(db.log)).map(({ streamKey: _key, ...event }) => event);

    const editedText = (edit: (lines: string[]) => string[]) => edit(whole.split('\n')).join('\n');
    const lineOf = (position: number) =>
      whole.split('\n').findIndex((line) => line.startsWith(`{"position":${position},`));

    // Shared by all tests; the one that changes the store is the last to read it.
    beforeAll(async () => {
      db = await database.open();
      const writer = db.writer(noFolds);
      const nothing = { decide: () => ({ status: 200, events: [], answer: () => ({}) }) };
      await writer.write(append([], { key: 'before', ...nothing }));
      for (let round = 0; round < 3; round++) {
        for (const userId of USERS) {
          const key = `${userId}-${round}`;
          const streamId = `emotion:${userId}`;
          await writer.write(
            append([joy(streamId), feeling('東京 🗼 "quoted"\n\u2028', streamId)], { userId, key }),
          );
        }
        await writer.write(append([], { key: `nothing-${round}`, ...nothing }));
      }
      reader = openStoreReader(db.address);
      whole = await textOf(linesOf(reader, { after: 0 }));
    });

    afterAll(async () => {
      await reader.close();
      await db.close();
    });

    it('is read back byte for byte, with every receipt', async () => {
      const entries = await read(whole);
      expect(eventsOf(entries)).toEqual(await storedEvents());
      const receipts = await db.rows(receiptsTable);
      expect(
        receiptsOf(entries).map((row) => ({ ...row, requestHash: Buffer.from(row.requestHash) })),
      ).toEqual(
        receipts
          .toSorted((a, b) => a.position - b.position || a.keyHash - b.keyHash)
          .map((row) => ({ ...row, requestHash: Buffer.from(row.requestHash) })),
      );
      expect(receipts).toHaveLength(13);
    });

    it('can be read with any JSON tool', () => {
      const [header, ...lines] = whole
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(header).toMatchObject({ edgesoul: 'log', format: 3, scope: 'all', after: 0, upTo: 18 });
      expect(lines).toContainEqual(
        expect.objectContaining({ position: 1, data: expect.objectContaining({ emotion: 'joy' }) }),
      );
      expect(lines.at(-1)).toMatchObject({ end: true, events: 18, receipts: 13, skips: 0 });
    });

    it('can be split into parts that follow each other', async () => {
      const first = await read(await textOf(linesOf(reader, { after: 0, upTo: 7 })));
      const second = await read(await textOf(linesOf(reader, { after: 7 })));
      expect(eventsOf([...first, ...second])).toEqual(await storedEvents());
      const keys = new Set(receiptsOf([...first, ...second]).map(({ idempotencyKey }) => idempotencyKey));
      expect(keys.size).toBe(13);
    });

    it('can be limited to one user', async () => {
      const entries = await read(await textOf(linesOf(reader, { after: 0, userId: 'bob' })));
      expect(eventsOf(entries)).toEqual((await storedEvents()).filter(({ userId }) => userId === 'bob'));
      expect(receiptsOf(entries).map(({ idempotencyKey }) => idempotencyKey)).toEqual([
        'bob-0',
        'bob-1',
        'bob-2',
      ]);
    });

    it('keeps event data that is bytes or oddly spaced JSON', async () => {
      const [event] = await storedEvents();
      await db.tamper(
        database.name === 'SQLite'
          ? `update events set data = x'00ff' where position = 1; update events set data = ' {"a": 1}' where position = 2`
          : `update events set data = '\\b64:AP8=' where position = 1; update events set data = ' {"a": 1}' where position = 2`,
      );
      const text = await textOf(linesOf(reader, { after: 0, userId: 'ada' }));
      const [first, second] = eventsOf(await read(text));
      expect(first).toEqual({ ...event, data: Buffer.from([0, 255]) });
      expect(second?.data).toBe(' {"a": 1}');
      await expect(textOf(linesOf(reader, { after: 0 }))).rejects.toMatchObject({ code: 'log.damaged' });
    });

    describe('that was damaged', () => {
      it('is refused with the line and position of a changed byte', async () => {
        for (const position of [1, 9, 18]) {
          const index = lineOf(position);
          const error = await readError(
            editedText((lines) =>
              lines.with(index, (lines[index] as string).replace('"intensity":0.5', '"intensity":0.6')),
            ),
          );
          expect(error).toMatchObject({ code: 'file.damaged', extra: { line: index + 1, position } });
        }
      });

      it('is refused with the place of a line that is missing, doubled or moved', async () => {
        const index = lineOf(5);
        const missing = await readError(editedText((lines) => lines.toSpliced(index, 1)));
        expect(missing.message).toMatch(/position 5 is missing/);
        const doubled = await readError(
          editedText((lines) => lines.toSpliced(index, 0, lines[index] as string)),
        );
        expect(doubled).toMatchObject({ extra: { line: index + 2, position: 5 } });
        const moved = await readError(
          editedText((lines) => lines.toSpliced(index, 1).toSpliced(lineOf(9), 0, lines[index] as string)),
        );
        expect(moved.message).toMatch(/position 5 is missing/);
      });

      it('is refused for a changed or missing receipt and for a changed header', async () => {
        const index = whole.split('\n').findIndex((line) => line.startsWith('{"receipt"'));
        const changed = await readError(
          editedText((lines) => lines.with(index, (lines[index] as string).replace('200', '201'))),
        );
        expect(changed.message).toMatch(/digest/);
        const missing = await readError(editedText((lines) => lines.toSpliced(index, 1)));
        expect(missing.message).toMatch(/13 receipts, but the file has 12/);
        const header = await readError(
          editedText((lines) => lines.with(0, (lines[0] as string).replace('"upTo":18', '"upTo":17'))),
        );
        expect(header.code).toBe('file.damaged');
      });

      it('is refused wherever it is cut off', async () => {
        for (const length of [
          whole.indexOf('\n') + 20,
          Math.floor(whole.length / 3),
          whole.length - 300,
          whole.length - 10,
        ]) {
          expect(await readError(whole.slice(0, length))).toMatchObject({ code: 'file.truncated' });
        }
        for (const count of [1, 5, -2]) {
          const lines = editedText((all) => [...all.slice(0, count), '']);
          expect(await readError(lines)).toMatchObject({ code: 'file.truncated' });
        }
        expect(await readError('')).toMatchObject({ code: 'file.foreign' });
      });

      it('is refused with the last event before the part that cannot be decompressed', async () => {
        const lines = whole.split('\n').slice(0, lineOf(5) + 1);
        const error = await refusal(collected(readLines(failingAfter(`${lines.join('\n')}\n`))));
        expect(error).toMatchObject({ code: 'file.damaged', extra: { line: lines.length, position: 5 } });
        expect(error.message).toMatch(/the data after it cannot be decompressed \(unexpected end\)/);
      });

      it('is refused when it continues after its end line', async () => {
        expect(await readError(`${whole}${whole}`)).toMatchObject({ code: 'file.damaged' });
      });

      it.each(['', '{}\n', '{"some":"json"}\n', 'hello', '\u0000\u0001', '[]\n'])(
        'is refused as something other than a log: %j',
        async (text) => {
          expect(await readError(text)).toMatchObject({ code: 'file.foreign' });
        },
      );

      it('is refused when a newer release made it', async () => {
        const error = await readError(whole.replace('"format":3', '"format":4'));
        expect(error).toMatchObject({ code: 'file.newer' });
        expect(error.message).toMatch(/newer release/);
      });

      it('is refused with the line that is not UTF-8', async () => {
        const bytes = Buffer.from(whole);
        bytes[bytes.indexOf('東')] = 0xff;
        const error = await refusal(collected(readLines(singleChunk(bytes))));
        expect(error).toMatchObject({ code: 'file.damaged', extra: { line: expect.any(Number) } });
        expect(error.message).toMatch(/UTF-8/);
      });
    });
  });
}

async function* singleChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function* failingAfter(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  throw undecompressableFile('log.ndjson.gz', new Error('unexpected end'));
}
