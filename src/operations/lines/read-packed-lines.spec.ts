import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { GENESIS } from '../../events/log/event-hash.js';
import { LOG_FORMAT } from './log-line.js';
import { readPackedLines } from './read-packed-lines.js';

const header = (format: number) =>
  JSON.stringify({
    edgesoul: 'log',
    format,
    scope: 'all',
    after: 0,
    previousHash: GENESIS,
    upTo: 1,
    createdAt: '2026-03-01T18:30:00Z',
  });

async function readAll(file: string): Promise<number> {
  let entries = 0;
  for await (const _entry of readPackedLines(file)) entries++;
  return entries;
}

describe('the lines of a backup', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-unit-'));
    file = join(folder, 'log.ndjson.zst');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['a line that was changed', `${header(LOG_FORMAT)}\n[]\n`, 'damaged: line 2: it is not a JSON object.'],
    [
      'a missing end',
      `${header(LOG_FORMAT)}\n`,
      'damaged: it is truncated after line 1, before the first event.',
    ],
    [
      'a newer format',
      `${header(LOG_FORMAT + 1)}\n`,
      'refused: it has format 4, which a newer release wrote; use that release.',
    ],
    [
      'something else',
      'hello\n',
      'refused: it is not a log of an EdgeSoul store (its first line is not JSON).',
    ],
  ])('are refused in one sentence, without advice for an import: %s', async (_what, text, why) => {
    await writeFile(file, zstdCompressSync(text));
    await expect(readAll(file)).rejects.toMatchObject({ message: `${file} is ${why}` });
  });
});
