import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { toStdout } from './to-stdout.js';

/**
 * Has the work write its rows to a temporary file, and copies them to stdout once it is done: a reader of
 * stdout never gets a part of them.
 */
export async function withScratchOutput(
  work: (file: string) => Promise<unknown>,
  beforeCopy: () => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesoul-replay-'));
  try {
    const file = join(folder, 'rows.ndjson');
    await work(file);
    beforeCopy();
    await toStdout(() => pipeline(createReadStream(file), process.stdout, { end: false }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
