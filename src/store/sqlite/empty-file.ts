import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../migrate.js';
import { asOneFile } from './database-file.js';
import { swapDatabase } from './swap-database.js';

const REPLACEMENT_FILE = 'edgesoul.db.emptied';

/**
 * Puts an empty, migrated database in the place of the data folder's own, of which nothing stays; whoever calls has the
 * folder. A process that is killed leaves the old one or the new one.
 */
export async function emptyFile(folder: string): Promise<void> {
  const file = join(folder, REPLACEMENT_FILE);
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(file + part, { force: true });
  await migrate({ file });
  asOneFile(file);
  swapDatabase(folder, { replacement: REPLACEMENT_FILE, aside: 'edgesoul.db.removed', discard: true });
}
