import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GENESIS } from '../../events/log/event-hash.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { listManifests, makePartial, partialName, publish, removePartials } from '../backup/backup-folder.js';
import { lastSequence } from '../backup/backup-order.js';
import { pack } from '../backup/zstd-files.js';
import { linesOf } from '../lines/log-lines.js';
import { segmentName, segmentsFolder } from './segments.js';

/** Writes a part of the log as a segment, complete under its final name or not at all. Returns the name. */
export async function sealSegment(
  reader: StoreReader,
  backups: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<string> {
  const folder = segmentsFolder(backups);
  await mkdir(folder, { recursive: true });
  // Only one process ships a store, so unfinished files of the store are those of a killed process.
  const id = `segment-${await reader.storeId()}`;
  await removePartials(folder, partialName(id));
  const partial = await makePartial(folder, id);
  const before = { position: after, hash: await hashAt(reader, after) };
  const name = segmentName(before, { position: upTo, hash: await hashAt(reader, upTo) });
  // Orders the segments and the backups among each other, whatever the clock says.
  const backup = lastSequence(await listManifests(backups));
  await pack(linesOf(reader, { after, upTo, backup }), join(partial, name));
  await publish(partial, folder, [name]);
  await removePartials(folder, partialName(id));
  return name;
}

/** Returns the hash of the event at a position; GENESIS at 0, an empty string if there is no event. */
export async function hashAt(reader: Pick<StoreReader, 'events'>, position: number): Promise<string> {
  if (position === 0) return GENESIS;
  const [event] = await reader.events({ after: position - 1, limit: 1 });
  return event?.position === position ? event.hash : '';
}
