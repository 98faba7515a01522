import type { Config } from '../config.js';
import { migrate } from '../store/migrate.js';
import { emptyDatabase } from '../store/postgresql/empty-database.js';
import { rebuildLocked } from '../store/postgresql/rebuild-lock.js';
import { acquireRebuildLock } from '../store/postgresql/rebuild-lock.js';
import { databaseFile, takeDataFolder } from '../store/sqlite/data-folder.js';
import { emptyFile } from '../store/sqlite/empty-file.js';
import type { Manifest } from './backup/manifest.js';
import { giveUpOtherEnds, presentEnds } from './loss/give-up.js';

type BackUp = (address: { file: string } | { url: string }) => Promise<Manifest>;

/**
 * Makes a full, verified backup of a store, then empties the store. Returns the backup's manifest. Throws
 * StartRefused while another process owns the data folder, and Refused if a rebuild runs on a PostgreSQL
 * database or anyone wrote to it after its backup.
 */
export function reset(
  { databaseUrl, dataDir, backupDir }: Pick<Config, 'databaseUrl' | 'dataDir' | 'backupDir'>,
  backUp: BackUp,
): Promise<Manifest> {
  return databaseUrl === undefined
    ? resetFile(dataDir, backupDir, backUp)
    : resetDatabase(databaseUrl, backupDir, backUp);
}

async function resetFile(dataDir: string, backupDir: string, backUp: BackUp): Promise<Manifest> {
  const folder = takeDataFolder(dataDir);
  try {
    const address = { file: databaseFile(dataDir) };
    // A backup describes the store in the schema of this release.
    await migrate(address);
    const manifest = await backUp(address);
    const ends = await presentEnds(address);
    await emptyFile(dataDir);
    await giveUpOtherEnds(address, backupDir, ends);
    return manifest;
  } finally {
    folder.release();
  }
}

async function resetDatabase(url: string, backupDir: string, backUp: BackUp): Promise<Manifest> {
  await migrate({ url });
  // Without the lock, a rebuild that ends during the reset would put its rows into the empty store.
  const lock = await acquireRebuildLock(url);
  if (!lock) throw rebuildLocked();
  try {
    const manifest = await backUp({ url });
    const ends = await presentEnds({ url });
    await emptyDatabase(url, manifest);
    await giveUpOtherEnds({ url }, backupDir, ends);
    return manifest;
  } finally {
    await lock.release();
  }
}
