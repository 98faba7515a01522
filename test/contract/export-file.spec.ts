import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import type { JobContext } from '../../src/operations/job-context.js';
import { readLogFile } from '../../src/operations/lines/log-file.js';
import type { LogEntry } from '../../src/operations/lines/log-line.js';
import { readLines } from '../../src/operations/lines/read-log-lines.js';
import { exportLog, type ExportReport } from '../../src/operations/transfer/export-log.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { append, joy, numbers, refusal } from '../support/appends.js';
import { noFolds } from '../support/no-folds.js';
import { scratchFolder } from '../support/scratch.js';
import { SQLITE } from '../support/sqlite-test-database.js';
import type { TestDatabase } from '../support/test-database.js';
import { exportText } from '../support/transfer.js';

const EVENTS = 2_000;
const ENDINGS = ['ndjson', 'ndjson.gz', 'ndjson.zst'];
const TEXT_OF = {
  ndjson: (bytes: Buffer) => bytes,
  'ndjson.gz': gunzipSync,
  'ndjson.zst': zstdDecompressSync,
} as Record<string, (bytes: Buffer) => Buffer>;

let db: TestDatabase;
let folder: string;
/** The expected text of every export, without what depends on the time. */
let expectedText: string;

beforeAll(async () => {
  db = await SQLITE.open();
  const writer = db.writer(noFolds);
  for (const i of numbers(EVENTS / 10))
    await writer.write(
      append(
        numbers(10).map(() => joy()),
        { key: `${i}` },
      ),
    );
  expectedText = withoutTime(await exportText(db));
});

beforeEach(async () => {
  folder = await scratchFolder();
});

afterEach(() => rm(folder, { recursive: true }));
afterAll(() => db.close());

interface Options {
  resume?: boolean;
  job?: JobContext;
  userId?: string;
}

function exportTo(file: string, { resume = false, job, userId }: Options = {}): Promise<ExportReport> {
  return readStore(db.address, (reader) =>
    exportLog(reader, { file, range: { after: 0, userId }, resume }, job),
  );
}

async function textOf(file: string): Promise<string> {
  const ending = ENDINGS.findLast((each) => file.endsWith(each)) as string;
  return TEXT_OF[ending]?.(await readFile(file)).toString() ?? '';
}

/** The text without what depends on the time of the export: the header, and the digest in the end line. */
function withoutTime(text: string): string {
  const lines = text.split('\n').slice(1);
  return lines.map((line) => (line.startsWith('{"end"') ? line.replace(/"digest".*/, '') : line)).join('\n');
}

async function read(file: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLines(readLogFile(file))) entries.push(entry);
  return entries;
}

/** Begins an export and aborts it halfway. */
async function interrupted(file: string): Promise<void> {
  const abort = new AbortController();
  const job: JobContext = {
    signal: abort.signal,
    progress: (done) => {
      if (done >= EVENTS / 2) abort.abort();
    },
  };
  await expect(exportTo(file, { job })).rejects.toThrow(/abort/i);
}

describe.each(ENDINGS)('an export to a file that ends in .%s', (ending) => {
  let file: string;

  beforeEach(() => {
    file = join(folder, `log.${ending}`);
  });

  it('is complete, and compressed as its name says', async () => {
    expect(await exportTo(file)).toMatchObject({ events: EVENTS, receipts: EVENTS / 10, resumed: 0 });
    expect(withoutTime(await textOf(file))).toBe(expectedText);
    expect(await read(file)).toHaveLength(EVENTS + EVENTS / 10 + 2);
    expect(await readdir(folder)).toEqual([`log.${ending}`]);
  });

  it('is the same when it is resumed, wherever it was interrupted', async () => {
    await exportTo(file);
    const { size } = await stat(file);
    for (const share of [0, 0.02, 0.5, 0.999, 1]) {
      await writeFile(`${file}.partial`, await readFile(file));
      await truncate(`${file}.partial`, Math.floor(size * share));
      const report = await exportTo(file, { resume: true });
      expect(report.events).toBe(EVENTS);
      expect(withoutTime(await textOf(file))).toBe(expectedText);
      await read(file);
      expect(await readdir(folder)).toEqual([`log.${ending}`]);
    }
  });

  it('resumes after what was written before Ctrl-C, up to the head of that time', async () => {
    await interrupted(file);
    expect(await readdir(folder)).toEqual([`log.${ending}.partial`]);
    expect((await exportTo(file, { resume: true })).events).toBe(EVENTS);
    expect(withoutTime(await textOf(file))).toBe(expectedText);
  });

  it('resumes before the first damaged line', async () => {
    await exportTo(file);
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 1;
    await writeFile(`${file}.partial`, bytes);
    expect((await exportTo(file, { resume: true })).resumed).toBeLessThan(EVENTS);
    expect(withoutTime(await textOf(file))).toBe(expectedText);
  });

  it('is not resumed from the partial file of another export or another store', async () => {
    await interrupted(file);
    const before = await readFile(`${file}.partial`);
    expect((await refusal(exportTo(file, { resume: true, userId: 'ada' }))).code).toBe('export.other');
    const other = await SQLITE.open();
    await other.writer(noFolds).write(append(numbers(EVENTS).map(() => joy())));
    const elsewhere = readStore(other.address, (reader) =>
      exportLog(reader, { file, range: { after: 0 }, resume: true }),
    );
    expect((await refusal(elsewhere)).message).toMatch(/a different event at position/);
    await other.close();
    expect(await readFile(`${file}.partial`)).toEqual(before);
    expect(await readdir(folder)).toEqual([`log.${ending}.partial`]);
  });

  it('is refused by the reader wherever it is cut off', async () => {
    await exportTo(file);
    const { size } = await stat(file);
    for (const share of [0.9, 0.5, 0.01]) {
      await truncate(file, Math.max(1, Math.floor(size * share)));
      expect((await refusal(read(file))).code).toMatch(/^file\.(truncated|damaged|foreign)$/);
    }
  });
});

describe('an export file', () => {
  it('is not resumed from a partial file in the format of an older release', async () => {
    const file = join(folder, 'log.ndjson');
    const text = (await exportText(db)).replace('"format":3', '"format":1');
    await writeFile(`${file}.partial`, text.slice(0, text.length / 2));

    const refused = await refusal(exportTo(file, { resume: true }));

    expect(refused).toMatchObject({ code: 'export.other' });
    expect(refused.message).toMatch(/format 1, which an older release wrote.*without --resume/);
  });

  it('is refused when it is not compressed as its name says', async () => {
    const text = await exportText(db);
    for (const [ending, bytes] of [
      ['ndjson.gz', Buffer.from(text)],
      ['ndjson.gz', Buffer.concat([gzipSync(text).subarray(0, 200), Buffer.alloc(500, 7)])],
      ['ndjson.zst', gzipSync(text)],
      ['ndjson', gzipSync(text)],
    ] as const) {
      const file = join(folder, `log.${ending}`);
      await writeFile(file, bytes);
      expect((await refusal(read(file))).code).toMatch(/^file\.(damaged|foreign)$/);
    }
  });

  it('must have a known ending and an existing folder', async () => {
    expect((await refusal(exportTo(join(folder, 'log.csv')))).message).toMatch(/must end in one of .ndjson/);
    const nowhere = await refusal(exportTo(join(folder, 'absent', 'log.ndjson')));
    expect(nowhere.message).toMatch(/cannot be written: .*ENOENT/);
    expect((await refusal(read(join(folder, 'absent.ndjson')))).message).toMatch(/cannot be read: .*ENOENT/);
  });
});
