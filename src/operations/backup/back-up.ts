import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../events/uuid.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { Progress } from '../job-context.js';
import { backUpFile } from './back-up-file.js';
import { backUpLines } from './back-up-lines.js';
import { listManifests, makePartial, publish, writingTo } from './backup-folder.js';
import { lastSequence } from './backup-order.js';
import { manifestOf, backupName, MANIFEST_FORMAT, type Manifest } from './manifest.js';
import { Steps } from './steps.js';

export interface BackupInput {
  address: DatabaseAddress;
  folder: string;
  backupId?: string | undefined;
}

/**
 * Writes a full backup of a store that may be written to at the same time, reads it again, and only then
 * gives it its name: data first, manifest last. Throws Unavailable if the folder cannot be written. Never
 * touches earlier backups. Unfinished files stay in the partial folder, which the caller removes.
 */
export function backUp(
  { address, folder, backupId = newId() }: BackupInput,
  progress?: Progress,
): Promise<Manifest> {
  return writingTo(folder, async () => {
    const createdAt = new Date();
    const partial = await makePartial(folder, backupId);
    const steps = new Steps();
    const isFile = 'file' in address;
    const file = `${backupName(createdAt)}.${isFile ? 'db' : 'ndjson'}.zst`;
    const place = { partial, name: file };
    const written = isFile
      ? await backUpFile(address.file, place, steps, progress)
      : await backUpLines(address, place, steps, progress);
    const manifest: Manifest = {
      format: MANIFEST_FORMAT,
      backupId,
      sequence: lastSequence(await listManifests(folder)) + 1,
      file,
      kind: isFile ? 'sqlite' : 'lines',
      createdAt: createdAt.toISOString(),
      ...written,
      verified: true,
      durationMs: steps.ms,
      steps: steps.times,
    };
    const name = manifestOf(file);
    await writeFile(join(partial, name), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await publish(partial, folder, [file, name]);
    return manifest;
  });
}
