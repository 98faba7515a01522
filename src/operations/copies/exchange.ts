import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_NAME, namesIn, publish, writeJson } from '../backup/backup-folder.js';
import { manifestOf, readManifest, type Manifest } from '../backup/manifest.js';

/**
 * Exchanges the data file of a backup for the one in the scratch folder, under the same name, with its
 * manifest. Whenever this is stopped, the manifest describes the file that is there. Does nothing if the
 * backup is not there any more, or is another one by now.
 */
export async function exchangeBackup(
  folder: string,
  scratch: string,
  before: Manifest,
  after: Manifest,
): Promise<boolean> {
  const name = manifestOf(before.file);
  if (!(await isStillThere(folder, before))) return false;
  await writeJson(folder, name, { ...before, next: after });
  await publish(scratch, folder, [before.file]);
  await writeJson(folder, name, after);
  return true;
}

/** Ends the exchanges that a killed process has left between the renames: the file tells which it is. */
export async function finishExchanges(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)).filter((each) => MANIFEST_NAME.test(each))) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (text.includes('"next":')) await writeJson(folder, name, await readManifest(folder, name));
  }
}

/** Writes that a backup was looked into. */
export async function stampBackup(folder: string, before: Manifest, after: Manifest): Promise<void> {
  if (await isStillThere(folder, before)) await writeJson(folder, manifestOf(before.file), after);
}

/** Retention may have removed it meanwhile. */
export async function isStillThere(folder: string, { file, sha256 }: Manifest): Promise<boolean> {
  const name = manifestOf(file);
  if (!existsSync(join(folder, name))) return false;
  return (await readManifest(folder, name)).sha256 === sha256;
}
