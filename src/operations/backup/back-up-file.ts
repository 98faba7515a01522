import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedDatabase, ForeignDatabase, type Refused } from '../../errors.js';
import { eventsTable } from '../../events/log/log-tables.js';
import { openStoreAt } from '../../store/open-log.js';
import { readStore } from '../../store/open-store-reader.js';
import {
  copySqliteFile,
  mergeIntoOneFile,
  quickCheck,
  removeAccess,
} from '../../store/sqlite/database-file.js';
import { whyOf } from '../../why.js';
import { finishErasures } from '../erasure/finish-erasures.js';
import type { Progress } from '../job-context.js';
import { damagedLog } from '../lines/log-lines.js';
import { verifyLog } from '../verify/verify-log.js';
import { damagedBackup, foreignBackup } from './backup-errors.js';
import { describeStore, endOf, type StoreDescription } from './describe-store.js';
import type { BackupEnd } from './manifest.js';
import type { Steps } from './steps.js';
import { checkPacked, packFile, unpackFile, type PackedFile } from './zstd-files.js';

/** A backup in the partial folder, and what it contains. */
export interface WrittenBackup extends StoreDescription, PackedFile {
  rawBytes: number;
}

/** Backs up a snapshot of a SQLite file: copies it while it is written to, describes, packs, verifies it. */
export async function backUpFile(
  source: string,
  { partial, name }: { partial: string; name: string },
  steps: Steps,
  progress: Progress = () => undefined,
): Promise<WrittenBackup> {
  const raw = join(partial, 'store.db');
  let total = 0;
  await steps.run('copy', () =>
    copySqliteFile(source, raw, (done, bytes) => {
      total = bytes;
      progress(done, 3 * total);
    }),
  );
  // A restore must not bring back a key that has been revoked since.
  removeAccess(raw);
  // An erasure that is under way has left data in the file that no reader gets any more.
  await finishIn(raw);
  const { size: rawBytes } = await stat(raw);
  let done = total;
  const add = (bytes: number) => progress((done += bytes), 3 * total);
  const described = await steps.run('digest', () => readStore({ file: raw }, describeStore));
  const packed = await steps.run('compress', () => packFile(raw, join(partial, name), add));
  await rm(raw);
  await steps.run('verify', () => verifyFile(join(partial, name), packed, described, add));
  return { ...described, ...packed, rawBytes };
}

async function finishIn(copy: string): Promise<void> {
  const store = openStoreAt({ file: copy });
  try {
    await finishErasures(store);
  } finally {
    await store.close();
  }
  mergeIntoOneFile(copy);
}

/** Decompresses the backup beside itself and compares it with its description. Throws Corrupt. */
async function verifyFile(
  file: string,
  packed: PackedFile,
  described: StoreDescription,
  progress: (bytes: number) => void,
): Promise<void> {
  const copy = `${file}.verify`;
  await checkPacked(file, packed);
  await unpackFile(file, copy, progress);
  // The packed bytes are those of the copy, so what is damaged in them is damaged in the store.
  const [damage, ...more] = quickCheck(copy);
  if (damage !== undefined) throw DamagedDatabase.because(new Error([damage, ...more].join('; ')));
  await checkContents(file, copy, described);
  await checkChain(copy);
  await rm(copy);
}

/** Checks the hash chain: a broken log could be copied, but not restored. Throws Corrupt. */
async function checkChain(copy: string): Promise<void> {
  await readStore({ file: copy }, async (reader) => {
    const { findings } = await verifyLog({
      reader,
      head: await reader.head(),
      anchors: [],
      progress: ignoreProgress,
    });
    const [first] = findings;
    if (first) throw damagedLog(first.position ?? 0, first.what);
  });
}

const ignoreProgress = (): void => undefined;

/** Compares an unpacked backup with its manifest. Throws Corrupt, or Refused if it is not a store. */
export async function checkFile(
  backup: string,
  unpacked: string,
  described: BackupEnd & { events: number },
): Promise<void> {
  const problems = await withBackupErrors(backup, async () => quickCheck(unpacked));
  if (problems.length > 0) throw damagedBackup(backup, `SQLite reports: ${problems.join('; ')}`);
  await checkContents(backup, unpacked, described);
}

async function checkContents(
  backup: string,
  unpacked: string,
  { position, chainHead, events }: BackupEnd & { events: number },
): Promise<void> {
  await readStore({ file: unpacked }, async (reader) => {
    const migrations = await withBackupErrors(backup, () => reader.migrations());
    if (!migrations) throw noDatabase(backup, 'it has none of its tables');
    const end = await withBackupErrors(backup, () => endOf(reader));
    if (end.position !== position) {
      throw damagedBackup(
        backup,
        `its log ends at position ${end.position}, but its manifest says ${position}`,
      );
    }
    if (end.chainHead !== chainHead) {
      throw damagedBackup(
        backup,
        `its last event has the hash ${end.chainHead}, but its manifest says ${chainHead}`,
      );
    }
    const count = await reader.count(eventsTable);
    if (count !== events)
      throw damagedBackup(backup, `it has ${count} events, but its manifest says ${events}`);
  });
}

/** Turns database errors into errors about the backup. */
async function withBackupErrors<T>(backup: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ForeignDatabase) throw noDatabase(backup, whyOf(cause.cause));
    if (cause instanceof DamagedDatabase) throw damagedBackup(backup, whyOf(cause.cause), cause);
    throw cause;
  }
}

function noDatabase(backup: string, why: string): Refused {
  return foreignBackup(backup, `it is not a database of an EdgeSoul store (${why})`);
}
