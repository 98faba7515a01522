import { noSuchBackup, onlyOtherStores, severalStores } from '../backup/backup-errors.js';
import { manifestOf, readBackups } from '../backup/backup-folder.js';
import { readManifest, type Manifest } from '../backup/manifest.js';
import { mayBeOf } from '../backup/own-backups.js';
import { listSegments, sealOf } from '../shipping/segments.js';
import type { AvailableBackups } from './restore-plan.js';

/** Which backup is wanted: a named one, or any of a store. */
export interface Wanted {
  from?: string | undefined;
  /** The identity of the store that is to be restored; undefined if it is not known. */
  storeId?: string | undefined;
}

/**
 * Returns what the folder offers to a restore: all backups of the store or only the named one, and all segments.
 * Throws Refused if it has backups of other stores only, or of several stores if the store is not known.
 */
export async function availableIn(folder: string, { from, storeId }: Wanted = {}): Promise<AvailableBackups> {
  const segments = await Promise.all(
    (await listSegments(folder)).map(async (segment) => ({ ...segment, ...(await sealOf(folder, segment)) })),
  );
  if (from !== undefined) return { backups: [await namedBackup(folder, from)], broken: [], segments };
  const { backups, broken } = await readBackups(folder);
  const own = backups.filter((backup) => mayBeOf(storeId, backup));
  const stores = new Set(own.flatMap((backup) => backup.storeId ?? []));
  if (stores.size > 1) throw severalStores(folder, [...stores]);
  if (own.length === 0 && backups.length > 0) throw onlyOtherStores(folder, storeId);
  return { backups: own, broken, segments };
}

/** Finds a backup by the path or name of its data file or manifest. Throws NotFound, Corrupt or Refused. */
async function namedBackup(folder: string, from: string): Promise<Manifest> {
  const name = manifestOf(from.replace(/^.*[/\\]/, '')).replace(/(\.json)?$/, '.json');
  try {
    return await readManifest(folder, name);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code === 'ENOENT') throw noSuchBackup(name, folder);
    throw error;
  }
}
