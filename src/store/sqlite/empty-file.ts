import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { carryPersonReads } from '../audit/person-read-rows.js';
import { carryKeys } from '../keys/access-keys.js';
import { migrate } from '../migrate.js';
import { databaseFile } from './data-folder.js';
import { mergeIntoOneFile } from './database-file.js';
import { swapDatabase } from './swap-database.js';

const REPLACEMENT_FILE = 'edgesoul.db.emptied';

/**
 * Replaces the database of a data folder by an empty, migrated one; of the old one only its keys and who has
 * read what stay. The caller must have taken the folder. A killed process leaves either the old or the new
 * database.
 */
export async function emptyFile(folder: string): Promise<void> {
  const file = join(folder, REPLACEMENT_FILE);
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
  await migrate({ file });
  await carryKeys({ file: databaseFile(folder) }, { file });
  await carryPersonReads({ file: databaseFile(folder) }, { file });
  mergeIntoOneFile(file);
  swapDatabase(folder, { replacement: REPLACEMENT_FILE, aside: 'edgesoul.db.removed', discard: true });
}
