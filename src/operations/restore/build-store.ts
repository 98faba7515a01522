import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventLog } from '../../events/log/event-log.js';
import { eventsTable, receiptsTable } from '../../events/log/log-tables.js';
import { identityOfLog } from '../../events/log/store-identity.js';
import { newId } from '../../events/uuid.js';
import type { StoppedProjection } from '../../projections/folding/fold-store.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { migrate } from '../../store/migrate.js';
import { openLog } from '../../store/open-log.js';
import { openStoreForRebuild } from '../../store/open-rebuild.js';
import { readStore } from '../../store/open-store-reader.js';
import { mergeIntoOneFile } from '../../store/sqlite/database-file.js';
import { takeLock } from '../../store/sqlite/folder-lock.js';
import type { EndId } from '../../store/store-marks.js';
import { markUnfinished } from '../../store/unfinished.js';
import { checkFile } from '../backup/back-up-file.js';
import { damagedBackup, foreignBackup, unverifiedRestore } from '../backup/backup-errors.js';
import { endOf } from '../backup/describe-store.js';
import type { BackupEnd, Manifest } from '../backup/manifest.js';
import { SCRATCH } from '../backup/scratch-names.js';
import type { Steps } from '../backup/steps.js';
import { checkPacked, unpackFile } from '../backup/zstd-files.js';
import type { Progress } from '../job-context.js';
import type { LogEntry } from '../lines/log-line.js';
import { linesOf } from '../lines/log-lines.js';
import { readLines } from '../lines/read-log-lines.js';
import { readPackedLines } from '../lines/read-packed-lines.js';
import { giveUpOtherEnds } from '../loss/give-up.js';
import { foldInThreads } from '../rebuild/fold-ranges.js';
import { foldRest, type FoldedRest } from '../rebuild/fold-rest.js';
import { rebuild, type RebuildParts } from '../rebuild/rebuild.js';
import { verifyRefolded, type Refolded } from '../rebuild/verify-refolded.js';
import { segmentsFolder } from '../shipping/segments.js';
import { verifyStore, type VerifyReport } from '../verify/verify-store.js';
import { compareDigests, type ComparedDigest } from './compare-digests.js';
import { checkLedger, eraseRestored, type ErasureSource } from './erase-restored.js';
import { replay, type Replayed } from './replay.js';
import type { RestorePlan, RestoreTarget } from './restore-plan.js';

export interface BuildInput extends ErasureSource {
  /** The backup folder. */
  folder: string;
  plan: RestorePlan;
  target: RestoreTarget | undefined;
  /** A file that does not exist yet, or an empty PostgreSQL database. */
  address: DatabaseAddress;
  /** Ends of the log before it, which the restored one may not have. */
  previousEnds?: readonly EndId[];
}

/** A store that was built from a backup, and verified. */
export interface BuiltStore extends BackupEnd {
  events: number;
  receipts: number;
  /** Events that came from segments. */
  replayed: number;
  /** Erasures that its log had not, and that were repeated at its end. */
  erasedAgain: number;
  /** First position of the command that was left out because the target would have split it. */
  leftOutFrom: number | null;
  /** Of the full backup, before any segment; without projections of another version or with a failure. */
  digests: ComparedDigest[];
  projections: VerifyReport['projections'];
  /** Projections that are incomplete, because each stopped at a poison event. */
  stopped: StoppedProjection[];
  /** What differed from the log in the backup and was folded again; null if nothing did. */
  refolded: Refolded | null;
}

/**
 * Builds a store from a plan: unpacks or imports the full backup, replays the segments, folds, verifies.
 * Throws an error that names what is wrong.
 */
export async function buildStore(input: BuildInput, steps: Steps, progress?: Progress): Promise<BuiltStore> {
  const { folder, plan, address, previousEnds } = input;
  const { base, segments } = plan;
  const source = join(folder, base.file);
  await checkLedger(folder, base.storeId, input);
  await steps.run('check', () => checkPacked(source, base));
  const asFile = base.kind === 'sqlite' && 'file' in address;
  if (asFile) await steps.run('unpack', () => unpackBackup(source, address.file, base, progress));
  const fileDigests = asFile ? await steps.run('compare', () => compareDigests(address, base)) : [];
  await steps.run('migrate', () => migrate(address));
  if ('url' in address) await withLog(address, (log) => markUnfinished(log, 'restore'));
  if (!asFile) await steps.run('import', () => importBackup(source, address, base, progress));
  const receipts = await readStore(address, (reader) => reader.count(receiptsTable));
  if (receipts !== base.receipts)
    throw damagedBackup(source, `it has ${receipts} receipts, but its manifest says ${base.receipts}`);
  const digests = asFile ? fileDigests : await steps.run('compare', () => compareDigests(address, base));
  const replayed =
    segments.length === 0 ? { events: 0 } : await steps.run('replay', () => replaySegments(input, progress));
  const folded = await steps.run('fold', () => fold(address, progress));
  let { stopped } = folded;
  const erasedAgain = await steps.run('erase', () =>
    eraseRestored(address, folder, input, async () => {
      ({ stopped } = await fold(address, progress));
    }),
  );
  const { projections, poison, refolded } = await steps.run('verify', () =>
    verify(address, base, stopped, progress),
  );
  await giveUpOtherEnds(address, folder, previousEnds);
  if ('file' in address) mergeIntoOneFile(address.file);
  return readStore(address, async (reader) => ({
    ...(await endOf(reader)),
    events: await reader.count(eventsTable),
    receipts: await reader.count(receiptsTable),
    replayed: replayed.events,
    erasedAgain,
    leftOutFrom: replayed.leftOut?.from ?? null,
    digests,
    projections,
    stopped: poison,
    refolded,
  }));
}

async function unpackBackup(
  source: string,
  file: string,
  base: Manifest,
  progress?: Progress,
): Promise<void> {
  let done = 0;
  await unpackFile(source, file, (bytes) => progress?.((done += bytes), base.rawBytes));
  await checkFile(source, file, base);
}

/** Imports the backup as lines, also a SQLite backup into PostgreSQL. */
async function importBackup(
  source: string,
  address: DatabaseAddress,
  base: Manifest,
  progress?: Progress,
): Promise<void> {
  let done = 0;
  const report = (events: number) => progress?.((done += events), base.events);
  if (base.kind === 'lines') {
    const storeId = base.storeId ?? (await identityOfLines(source));
    await replayInto(address, readPackedLines(source), { storeId, report });
  } else await importSqliteBackup(source, address, base, report);
  await fold(address, progress);
  const end = await readStore(address, endOf);
  if (end.position !== base.position || end.chainHead !== base.chainHead) {
    throw damagedBackup(
      source,
      `its log ends at position ${end.position}, but its manifest says ${base.position}`,
    );
  }
}

/** Returns the identity of a store that had none when it was backed up; undefined if it had no events. */
async function identityOfLines(source: string): Promise<string | undefined> {
  for await (const entry of readPackedLines(source))
    if (entry.kind === 'event') return identityOfLog(entry.event.hash);
  return undefined;
}

/** Imports a SQLite backup into PostgreSQL. It is unpacked beside itself while it is read. */
async function importSqliteBackup(
  source: string,
  address: DatabaseAddress,
  base: Manifest,
  report: (events: number) => void,
): Promise<void> {
  const name = join(dirname(source), `${SCRATCH.restore}${newId()}`);
  const scratch = `${name}.db`;
  // By it others see that the scratch is in use.
  const lock = takeLock(`${name}.lock`);
  try {
    await unpackFile(source, scratch);
    await checkFile(source, scratch, base);
    await migrate({ file: scratch });
    await readStore({ file: scratch }, async (reader) => {
      const storeId = await reader.storeId();
      await replayInto(address, readLines(linesOf(reader, { after: 0 })), { storeId, report });
    });
  } finally {
    await rm(scratch, { force: true });
    lock?.close();
    await rm(`${name}.lock`, { force: true });
  }
}

async function replaySegments(
  { folder, plan, target, address }: BuildInput,
  progress?: Progress,
): Promise<Replayed> {
  const { base, segments, end } = plan;
  let done = 0;
  return replayInto(address, entriesOf(folder, segments), {
    target,
    report: (events) => progress?.((done += events), end - base.position),
  });
}

async function* entriesOf(folder: string, segments: RestorePlan['segments']): AsyncGenerator<LogEntry> {
  for (const { file, from, to } of segments) {
    const path = join(segmentsFolder(folder), file);
    for await (const entry of readPackedLines(path)) {
      if (entry.kind === 'header' && (entry.header.after !== from - 1 || entry.header.upTo !== to)) {
        throw foreignBackup(
          path,
          `it contains positions ${entry.header.after + 1} to ${entry.header.upTo}, but its name gives another range`,
        );
      }
      yield entry;
    }
  }
}

async function replayInto(
  address: DatabaseAddress,
  entries: AsyncIterable<LogEntry>,
  {
    storeId,
    target,
    report,
  }: { storeId?: string | undefined; target?: RestoreTarget | undefined; report: (events: number) => void },
): Promise<Replayed> {
  return withLog(address, async (log) => {
    if (storeId !== undefined) await log.adoptIdentity(storeId);
    return replay(log, entries, target, report);
  });
}

async function withLog<T>(address: DatabaseAddress, work: (log: EventLog) => Promise<T>): Promise<T> {
  const { log, close } = openLog(address);
  try {
    return await work(log);
  } finally {
    await close();
  }
}

function fold(address: DatabaseAddress, progress?: Progress): Promise<FoldedRest> {
  return withRebuildParts(address, progress, foldRest);
}

async function withRebuildParts<T>(
  address: DatabaseAddress,
  progress: Progress | undefined,
  work: (parts: RebuildParts) => Promise<T>,
): Promise<T> {
  const store = await openStoreForRebuild(address, { synced: true });
  try {
    return await work({
      ...store,
      decoder: new EventDecoder(),
      projections: PROJECTIONS,
      clock: Date.now,
      foldRanges: foldInThreads(store, PROJECTIONS),
      progress,
    });
  } finally {
    await store.close();
  }
}

/** Verifies the store without its stopped projections, whose rows are not what their folds would make. */
async function verify(
  address: DatabaseAddress,
  base: Manifest,
  stopped: readonly StoppedProjection[],
  progress?: Progress,
): Promise<Pick<BuiltStore, 'projections' | 'refolded'> & { poison: StoppedProjection[] }> {
  const anchors =
    base.position === 0 ? [] : [{ position: base.position, hash: base.chainHead, source: base.file }];
  const projections = PROJECTIONS.filter(
    ({ name }) => !stopped.some(({ projection }) => projection === name),
  );
  const { report, refolded } = await verifyRefolded(
    () =>
      readStore(address, (reader) =>
        verifyStore({ reader, decoder: new EventDecoder(), projections, anchors, progress }),
      ),
    () => withRebuildParts(address, progress, rebuild),
  );
  if (report.ok) return { projections: report.projections, poison: [...stopped], refolded };
  // The backup's rows of these projections are there, although their folds could not make them again.
  if (report.poison.length > 0) return verify(address, base, [...stopped, ...report.poison], progress);
  const what = [
    ...report.findings.map((finding) => finding.what),
    ...report.projections
      .filter(({ differences }) => differences > 0)
      .map(({ name, differences }) => `${differences} rows of ${name} differ from what its folds yield`),
  ];
  throw unverifiedRestore(what.slice(0, 5).join('; '));
}
