import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { makeFolders } from '../../store/make-folders.js';
import { listManifests, makePartial, partialName, publish, removePartials } from '../backup/backup-folder.js';
import { lastSequence } from '../backup/backup-order.js';
import { pack } from '../backup/zstd-files.js';
import { lastStamp } from '../copies/ledger.js';
import { descriptionOf, ENCRYPTED, encryptFile } from '../encryption/encrypted-files.js';
import { linesOf } from '../lines/log-lines.js';
import { hashAt } from './hash-at.js';
import { segmentName, segmentsFolder, type SealedBeside } from './segments.js';

/**
 * Writes a part of the log as a segment, complete under its final name or not at all, and encrypted if there
 * are recipients. Returns the name.
 */
export async function sealSegment(
  reader: StoreReader,
  backups: string,
  { after, upTo }: { after: number; upTo: number },
  recipients: readonly string[] = [],
): Promise<string> {
  const folder = segmentsFolder(backups);
  makeFolders(folder);
  // Only one process ships a store, so unfinished files of the store are those of a killed process.
  const id = `segment-${await reader.storeId()}`;
  await removePartials(folder, partialName(id));
  const partial = await makePartial(folder, id);
  // Before the log is read: whoever is in the ledger by now is erased in it.
  const ledger = await lastStamp(backups, await reader.storeId());
  const before = { position: after, hash: await hashAt(reader, after) };
  const name = segmentName(before, { position: upTo, hash: await hashAt(reader, upTo) });
  // Orders the segments and the backups among each other, whatever the clock says.
  const backup = lastSequence(await listManifests(backups));
  await pack(linesOf(reader, { after, upTo, backup, ledger }), join(partial, name));
  const published =
    recipients.length > 0 ? await encryptIn(partial, name, { reader, backup, ledger, recipients }) : [name];
  await publish(partial, folder, published);
  await removePartials(folder, partialName(id));
  return published.at(-1) as string;
}

/** Encrypts a packed segment; returns the names of its description and of itself, in the order of publishing. */
async function encryptIn(
  partial: string,
  name: string,
  {
    reader,
    recipients,
    ...stamps
  }: { reader: StoreReader; recipients: readonly string[] } & Pick<SealedBeside, 'backup' | 'ledger'>,
): Promise<string[]> {
  const file = `${name}${ENCRYPTED}`;
  const encrypted = await encryptFile(join(partial, name), join(partial, file), recipients);
  await rm(join(partial, name));
  const beside: SealedBeside = {
    format: 1,
    createdAt: new Date().toISOString(),
    ...stamps,
    storeId: await reader.storeId(),
    ...encrypted,
    encryptedTo: [...recipients],
  };
  await writeFile(join(partial, descriptionOf(file)), `${JSON.stringify(beside, null, 2)}\n`, {
    flush: true,
  });
  return [descriptionOf(file), file];
}
