import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Corrupt } from '../../errors.js';
import { newId } from '../../events/uuid.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { lastStamp } from '../copies/ledger.js';
import { syncLedger } from '../copies/logged-erasures.js';
import { ENCRYPTED, encryptFile } from '../encryption/encrypted-files.js';
import type { Progress } from '../job-context.js';
import { backUpFile } from './back-up-file.js';
import { backUpLines } from './back-up-lines.js';
import { listManifests, makePartial, publish, writingTo } from './backup-folder.js';
import { lastSequence } from './backup-order.js';
import { manifestOf, backupName, MANIFEST_FORMAT, type LedgerStamp, type Manifest } from './manifest.js';
import { Steps } from './steps.js';
import { checkPacked } from './zstd-files.js';

export interface BackupInput {
  address: DatabaseAddress;
  folder: string;
  backupId?: string | undefined;
  /** To whom it is encrypted; to nobody if there are none. */
  recipients?: readonly string[] | undefined;
}

/**
 * Writes a full backup of a store that may be written to at the same time, reads it again, and only then
 * gives it its name: data first, manifest last. Throws Unavailable if the folder cannot be written. Never
 * touches earlier backups. Unfinished files stay in the partial folder, which the caller removes.
 */
export function backUp(
  { address, folder, backupId = newId(), recipients = [] }: BackupInput,
  progress?: Progress,
): Promise<Manifest> {
  return writingTo(folder, async () => {
    const createdAt = new Date();
    const partial = await makePartial(folder, backupId);
    const steps = new Steps();
    const isFile = 'file' in address;
    // Before the snapshot: whoever is in the ledger by now is erased in it.
    const ledger = await currentStamp(address, folder);
    const packed = `${backupName(createdAt)}.${isFile ? 'db' : 'ndjson'}.zst`;
    const place = { partial, name: packed };
    const written = isFile
      ? await backUpFile(address.file, place, steps, progress)
      : await backUpLines(address, place, steps, progress);
    // Verified before, for this machine cannot read it afterwards.
    const sealed = recipients.length > 0 ? await encryptIn(place, recipients, steps) : undefined;
    const file = sealed?.file ?? packed;
    const manifest: Manifest = {
      format: MANIFEST_FORMAT,
      backupId,
      sequence: lastSequence(await listManifests(folder)) + 1,
      file,
      kind: isFile ? 'sqlite' : 'lines',
      createdAt: createdAt.toISOString(),
      ...written,
      ...sealed,
      verified: true,
      durationMs: steps.ms,
      steps: steps.times,
      ...(ledger && { ledger }),
    };
    const name = manifestOf(file);
    await writeFile(join(partial, name), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await publish(partial, folder, [file, name]);
    return manifest;
  });
}

/** Replaces a packed file by its encryption, and reads that again. */
async function encryptIn(
  { partial, name }: { partial: string; name: string },
  recipients: readonly string[],
  steps: Steps,
): Promise<Pick<Manifest, 'file' | 'bytes' | 'sha256' | 'encryptedTo'>> {
  const file = `${name}${ENCRYPTED}`;
  const encrypted = await steps.run('encrypt', () =>
    encryptFile(join(partial, name), join(partial, file), recipients),
  );
  await rm(join(partial, name));
  await checkPacked(join(partial, file), encrypted);
  return { file, ...encrypted, encryptedTo: [...recipients] };
}

/** Brings the ledger up to date. One that is damaged fails the rewriting of copies, not the backup. */
async function currentStamp(address: DatabaseAddress, folder: string): Promise<LedgerStamp | undefined> {
  const storeId = await readStore(address, (reader) => reader.storeId());
  await syncLedger(folder, address).catch((error: unknown) => {
    if (!(error instanceof Corrupt)) throw error;
  });
  return lastStamp(folder, storeId);
}
