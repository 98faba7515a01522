import { join } from 'node:path';
import { noSuchBackup } from '../backup/backup-errors.js';
import { readBackups } from '../backup/backup-folder.js';
import { manifestOf, readManifest, type Manifest } from '../backup/manifest.js';
import { readPackedLines } from '../lines/read-packed-lines.js';
import { listSegments, sealOf, segmentsFolder, type Segment } from '../shipping/segments.js';
import type { AvailableBackups, RestoreTarget } from './restore-plan.js';

/** Returns what the folder offers to a restore: all backups or only the named one, and all segments. */
export async function availableIn(
  folder: string,
  { from, target }: { from?: string | undefined; target?: RestoreTarget | undefined } = {},
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
  if (from !== undefined) return { backups: [await namedBackup(folder, from)], broken: [], segments };
  return { ...(await readBackups(folder)), segments };
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
