import type { Config } from '../config.js';
import { migrate } from '../store/migrate.js';
import { emptyDatabase } from '../store/postgresql/empty-database.js';
import { rebuildRuns } from '../store/postgresql/rebuild-lock.js';
import { acquireRebuildLock } from '../store/postgresql/rebuild-lock.js';
import { databaseFile, takeDataFolder } from '../store/sqlite/data-folder.js';
import { emptyFile } from '../store/sqlite/empty-file.js';
import type { Manifest } from './backup/manifest.js';

/** How a reset makes its backup. */
type BackUp = (address: { file: string } | { url: string }) => Promise<Manifest>;

/**
 * Empties a store of which a full, verified backup was made before; answers that. Throws StartRefused while another
 * process has the data folder, and Refused where someone wrote to a PostgreSQL database after its backup.
 */
export function reset(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  backUp: BackUp,
): Promise<Manifest> {
  return databaseUrl === undefined ? resetFile(dataDir, backUp) : resetDatabase(databaseUrl, backUp);
}

async function resetFile(dataDir: string, backUp: BackUp): Promise<Manifest> {
  const folder = takeDataFolder(dataDir);
  try {
    const address = { file: databaseFile(dataDir) };
    // A backup describes the store as this release does.
    await migrate(address);
    const manifest = await backUp(address);
    await emptyFile(dataDir);
    return manifest;
  } finally {
    folder.release();
  }
}

async function resetDatabase(url: string, backUp: BackUp): Promise<Manifest> {
  await migrate({ url });
  // A rebuild that ends meanwhile would put its rows into the empty store.
  const taken = await acquireRebuildLock(url);
  if (!taken) throw rebuildRuns();
  try {
    const manifest = await backUp({ url });
    await emptyDatabase(url, manifest);
    return manifest;
  } finally {
    await taken.release();
  }
}
