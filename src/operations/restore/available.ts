import { noSuchBackup } from '../backup/backup-errors.js';
import { manifestOf, readBackups } from '../backup/backup-folder.js';
import { readManifest, type Manifest } from '../backup/manifest.js';
import { listSegments, sealedAt } from '../shipping/segments.js';
import type { AvailableBackups } from './restore-plan.js';

/** Returns what the folder offers to a restore: all backups or only the named one, and all segments. */
export async function availableIn(folder: string, from?: string): Promise<AvailableBackups> {
  const segments = await Promise.all(
    (await listSegments(folder)).map(async (segment) => ({
      ...segment,
      sealedAt: await sealedAt(folder, segment),
    })),
  );
  if (from !== undefined) return { backups: [await namedBackup(folder, from)], broken: [], segments };
  return { ...(await readBackups(folder)), segments };
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
