import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Corrupt } from '../../errors.js';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import { allCheckpoints } from '../../projections/folding/checkpoints.js';
import { migrate } from '../../store/migrate.js';
import { readStore } from '../../store/open-store-reader.js';
import { copyCompacted, removeDatabase } from '../../store/sqlite/compact-file.js';
import { mergeIntoOneFile } from '../../store/sqlite/database-file.js';
import { checkFile } from '../backup/back-up-file.js';
import { damagedBackup } from '../backup/backup-errors.js';
import { describeStore, type StoreDescription } from '../backup/describe-store.js';
import type { Manifest } from '../backup/manifest.js';
import { checkPacked, packFile, unpackFile } from '../backup/zstd-files.js';
import { linesOf } from '../lines/log-lines.js';
import { readPackedLines } from '../lines/read-packed-lines.js';
import { eraseInFile } from './erase-in-file.js';
import { rootOf, type LoggedErasure } from './ledger.js';
import { erasureOf } from './logged-erasures.js';
import { rewriteLines } from './rewrite-lines.js';

/** What a rewritten data file is, for its manifest. */
export type RewrittenBackup = Partial<Manifest> &
  Pick<Manifest, 'bytes' | 'sha256'> & { erasureIds: string[] };

/**
 * Writes the data file of a backup again, into the scratch folder and without the users of the erasures.
 * Returns undefined if it has none of them. Throws Corrupt if the backup is not what its manifest says.
 */
export async function rewriteBackup(
  folder: string,
  scratch: string,
  manifest: Manifest,
  erasures: readonly LoggedErasure[],
): Promise<RewrittenBackup | undefined> {
  await checkPacked(join(folder, manifest.file), manifest);
  return manifest.kind === 'lines'
    ? rewriteBackupOfLines(folder, scratch, manifest, erasures)
    : rewriteFile(folder, scratch, manifest, erasures);
}

async function rewriteBackupOfLines(
  folder: string,
  scratch: string,
  { file }: Manifest,
  erasures: readonly LoggedErasure[],
): Promise<RewrittenBackup | undefined> {
  const source = join(folder, file);
  const roots = new Map<string, Set<string>>();
  for await (const entry of readPackedLines(source)) {
    if (entry.kind !== 'event' || entry.event.type !== USER_ERASED) continue;
    const { userId } = entry.event;
    roots.set(userId, (roots.get(userId) ?? new Set()).add(rootOf(erasureOf(entry.event, 0))));
  }
  // What is after an erasure in the log is of a new person under the same id.
  const missing = erasures.filter((erasure) => !roots.get(erasure.userId)?.has(rootOf(erasure)));
  const byUser = new Map(missing.map((erasure) => [erasure.userId, erasure]));
  if (byUser.size === 0) return undefined;
  const target = { folder: scratch, name: file, header: { ledger: undefined } };
  const { erasureIds, ...written } = await rewriteLines(source, target, (userId) => byUser.get(userId));
  // The digests are of rows that nobody has any more.
  return erasureIds.size === 0 ? undefined : { ...written, projections: [], erasureIds: [...erasureIds] };
}

async function rewriteFile(
  folder: string,
  scratch: string,
  manifest: Manifest,
  erasures: readonly LoggedErasure[],
): Promise<RewrittenBackup | undefined> {
  const source = join(folder, manifest.file);
  const [raw, compact] = [join(scratch, 'store.db'), join(scratch, 'compact.db')];
  await unpackFile(source, raw);
  await checkFile(source, raw, manifest);
  // A backup of an older release cannot be erased in as it is.
  await migrate({ file: raw });
  const held = await eraseInFile(raw, erasures);
  if (held.length === 0) return undefined;
  mergeIntoOneFile(raw);
  // Releases before secure deletion have left earlier rows in free pages.
  copyCompacted(raw, compact);
  mergeIntoOneFile(compact);
  removeDatabase(raw);
  const described = await readStore({ file: compact }, async (reader) => {
    for await (const _lines of linesOf(reader, { after: 0 })); // Checks the hash chain.
    const made = new Map((await allCheckpoints(reader)).map((each) => [each.projection, each.version]));
    const { projections, ...rest } = await describeStore(reader);
    return { ...rest, projections: projections.filter(({ name, version }) => made.get(name) === version) };
  });
  const differs = differenceOf(manifest, described);
  if (differs) throw differs;
  const { size: rawBytes } = await stat(compact);
  const packed = await packFile(compact, join(scratch, manifest.file));
  removeDatabase(compact);
  await checkPacked(join(scratch, manifest.file), packed);
  await unpackFile(join(scratch, manifest.file), raw);
  await checkFile(manifest.file, raw, described);
  removeDatabase(raw);
  return { ...described, ...packed, rawBytes, erasureIds: held.map(({ erasureId }) => erasureId) };
}

function differenceOf(
  before: Manifest,
  { position, chainHead, events }: StoreDescription,
): Corrupt | undefined {
  const isSame = position === before.position && chainHead === before.chainHead && events === before.events;
  return isSame ? undefined : damagedBackup(before.file, 'its log is not the same after it was rewritten');
}
