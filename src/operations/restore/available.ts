import { join } from 'node:path';
import { noSuchBackup, onlyOtherStores, severalStores } from '../backup/backup-errors.js';
import { readBackups } from '../backup/backup-folder.js';
import { manifestOf, readManifest, type Manifest } from '../backup/manifest.js';
import { mayBeOf } from '../backup/own-backups.js';
import { readPackedLines } from '../lines/read-packed-lines.js';
import { listSegments, sealOf, segmentsFolder, type Segment } from '../shipping/segments.js';
import type { AvailableBackups, RestoreTarget } from './restore-plan.js';

/** Which backup is wanted: a named one, or any of a store. */
export interface Wanted {
  from?: string | undefined;
  /** The identity of the store that is to be restored; undefined if it is not known. */
  storeId?: string | undefined;
  target?: RestoreTarget | undefined;
}

/**
 * Returns what the folder offers to a restore: all backups of the store or only the named one, and all
 * segments. Throws Refused if it has backups of other stores only, or of several stores if the store is not
 * known.
 */
export async function availableIn(
  folder: string,
  { from, storeId, target }: Wanted = {},
): Promise<AvailableBackups> {
  const hasTime = target !== undefined && 'time' in target;
  const segments = await Promise.all(
    (await listSegments(folder)).map(async (segment) => ({
      ...segment,
      ...(await sealOf(folder, segment)),
      // Read only when needed: it takes reading the whole segment.
      ...(hasTime && { lastRecordedAt: await lastRecordedAt(folder, segment) }),
    })),
  );
  if (from !== undefined) return { folder, backups: [await namedBackup(folder, from)], broken: [], segments };
  const { backups, broken } = await readBackups(folder);
  const own = backups.filter((backup) => mayBeOf(storeId, backup));
  const stores = new Set(own.flatMap((backup) => backup.storeId ?? []));
  if (stores.size > 1) throw severalStores(folder, [...stores]);
  if (own.length === 0 && backups.length > 0) throw onlyOtherStores(folder, storeId);
  return { folder, backups: own, broken, segments };
}

/** Returns when the last event of a segment was recorded, ms UTC; undefined if it cannot be read. */
async function lastRecordedAt(folder: string, { file }: Segment): Promise<number | undefined> {
  let last: number | undefined;
  try {
    for await (const entry of readPackedLines(join(segmentsFolder(folder), file)))
      if (entry.kind === 'event') last = entry.event.recordedAt;
    return last;
  } catch {
    // The restore itself names the damage, if it needs the segment.
    return undefined;
  }
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
