import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredEvent } from '../../events/log/event-log.js';
import { receiptsTable } from '../../events/log/log-tables.js';
import { carryPersonReads } from '../../store/audit/person-read-rows.js';
import { databaseName, type DatabaseAddress } from '../../store/database-address.js';
import { carryKeys } from '../../store/keys/access-keys.js';
import { migrate } from '../../store/migrate.js';
import { readStore } from '../../store/open-store-reader.js';
import { takeDataFolder } from '../../store/sqlite/data-folder.js';
import { mergeIntoOneFile } from '../../store/sqlite/database-file.js';
import { swapDatabase } from '../../store/sqlite/swap-database.js';
import { databaseNotEmpty, otherStore } from '../backup/backup-errors.js';
import type { StepTime } from '../backup/manifest.js';
import { identityWithEvents } from '../backup/own-backups.js';
import { Steps } from '../backup/steps.js';
import { isStillThere } from '../copies/exchange.js';
import { knownTo, type KnownErasures } from '../copies/ledger-of-restore.js';
import { withIdentities } from '../encryption/identities.js';
import type { Progress } from '../job-context.js';
import { leftBehind, presentEnds, type LeftBehind } from '../loss/give-up.js';
import { buildStore, type BuiltStore } from './build-store.js';
import { choosePlan, type PlanInput } from './choose-plan.js';
import type { ErasureSource } from './erase-restored.js';
import type { RestorePlan } from './restore-plan.js';

/** Attempts of one restore, if its backup is exchanged while it is read. */
const MAX_ATTEMPTS = 3;

export type RestoreSource = PlanInput & Pick<ErasureSource, 'withoutLedger'>;

export interface RestoreReport extends BuiltStore {
  backup: string;
  segments: number;
  /** Where the previous database is now; null if there was none. */
  keptAside: string | null;
  /** Events of the previous database that the restored one does not have; null if there are none. */
  leftBehind: LeftBehind | null;
  steps: StepTime[];
  ms: number;
}

/** Callbacks: `onStep` at the start of each step, `progress` within it. */
export interface RestoreWatch {
  onStep?: (step: string) => void;
  progress?: Progress;
  /** When aborted, the restore rejects at once; the process has to end then, for a step may still run. */
  signal?: AbortSignal;
}

/**
 * Restores into the data folder: builds the store in a file beside the current database, and swaps the two
 * only when the new one is verified. The old database is kept under another name. Throws StartRefused while a
 * service uses the folder.
 */
export function restoreFile(
  dataDir: string,
  source: RestoreSource,
  watch: RestoreWatch = {},
): Promise<RestoreReport> {
  return withIdentities(source.identities, () => restoreBeside(dataDir, source, watch));
}

async function restoreBeside(
  dataDir: string,
  source: RestoreSource,
  watch: RestoreWatch,
): Promise<RestoreReport> {
  const steps = new Steps(watch.onStep);
  const data = takeDataFolder(dataDir);
  const replacement = 'edgesoul.db.restoring';
  const file = join(dataDir, replacement);
  try {
    await removeFile(file);
    const storeId = await identityWithEvents({ file: data.file });
    const { plan, built } = await buildBeside(file, data.file, { ...source, storeId }, { steps, watch });
    if (source.from === undefined && !(await isSameLog(file, data.file))) {
      await removeFile(file);
      throw otherStore(plan.base.file, dataDir);
    }
    const left = await leftBehindIn(data.file, file);
    await keepAccess(data.file, file);
    const aside = `edgesoul.db.before-restore-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    const had = await steps.run('swap', () => swapDatabase(dataDir, { replacement, aside }));
    return reportOf(plan, built, steps, { keptAside: had ? join(dataDir, aside) : null, leftBehind: left });
  } finally {
    data.release();
  }
}

/**
 * The keys and who has read what are those of the present store, not of the time of the backup; an unreadable
 * store has none.
 */
async function keepAccess(present: string, built: string): Promise<void> {
  if (!existsSync(present)) return;
  await carryKeys({ file: present }, { file: built }).catch(() => undefined);
  await carryPersonReads({ file: present }, { file: built }).catch(() => undefined);
  mergeIntoOneFile(built);
}

/** Whether both logs begin with the same event; true if the current one is missing, empty or unreadable. */
async function isSameLog(built: string, present: string): Promise<boolean> {
  if (!existsSync(present)) return true;
  const [[ours], [theirs]] = await Promise.all([firstEvents(built), firstEvents(present).catch(() => [])]);
  return !ours || !theirs || ours.hash === theirs.hash;
}

/** What of the present log is not in the built one; null if nothing is, or the present one is unreadable. */
async function leftBehindIn(present: string, built: string): Promise<LeftBehind | null> {
  if (!existsSync(present)) return null;
  const compare = () =>
    readStore({ file: present }, (previous) =>
      readStore({ file: built }, (restored) => leftBehind(previous, restored)),
    );
  return (await compare().catch(() => undefined)) ?? null;
}

function firstEvents(file: string): Promise<StoredEvent[]> {
  return readStore({ file }, (reader) => reader.events({ after: 0, limit: 1 }));
}

/** Builds the store in the file. A failure changes nothing else, and leaves nothing behind. */
async function buildBeside(
  file: string,
  present: string,
  source: RestoreSource,
  run: { steps: Steps; watch: RestoreWatch; attempt?: number },
): Promise<{ plan: RestorePlan; built: BuiltStore }> {
  const { steps, watch, attempt = 1 } = run;
  const { progress, signal } = watch;
  let plan: RestorePlan | undefined;
  try {
    plan = await steps.run('choose', () => choosePlan(source));
    const previousEnds = existsSync(present) ? await presentEnds({ file: present }) : [];
    const input = {
      ...source,
      plan,
      target: source.target,
      address: { file },
      previousEnds,
      present: existsSync(present) ? await knownIn(present) : undefined,
    };
    return { plan, built: await untilAborted(buildStore(input, steps, progress), signal) };
  } catch (error) {
    await removeFile(file);
    // An erasure may have had the backup written again while it was read.
    const isChanged = plan && !signal?.aborted && !(await isStillThere(source.folder, plan.base));
    if (isChanged && attempt < MAX_ATTEMPTS)
      return buildBeside(file, present, source, { ...run, attempt: attempt + 1 });
    // A step that still runs may make the file again until the process ends.
    if (signal?.aborted)
      process.once('exit', () => partsOf(file).forEach((part) => rmSync(part, { force: true })));
    throw error;
  }
}

/** The erasures in the store that is replaced; undefined if it cannot be read. */
function knownIn(present: string): Promise<KnownErasures | undefined> {
  return readStore({ file: present }, knownTo).catch(() => undefined);
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  const stop = new AbortController();
  const aborted = once(signal, 'abort', { signal: stop.signal }).then(() => signal.throwIfAborted());
  try {
    return (await Promise.race([work, aborted])) as T;
  } finally {
    stop.abort();
    aborted.catch(() => undefined);
  }
}

/** Restores into an empty PostgreSQL database. Throws Refused if it is not empty. */
export function restoreInto(
  address: DatabaseAddress,
  source: RestoreSource,
  watch: RestoreWatch = {},
): Promise<RestoreReport> {
  return withIdentities(source.identities, () => restoreIntoEmpty(address, source, watch));
}

async function restoreIntoEmpty(
  address: DatabaseAddress,
  source: RestoreSource,
  watch: RestoreWatch,
): Promise<RestoreReport> {
  const steps = new Steps(watch.onStep);
  const plan = await steps.run('choose', () => choosePlan(source));
  await migrate(address);
  await readStore(address, async (reader) => {
    const { position } = await reader.head();
    if (position > 0 || (await reader.count(receiptsTable)) > 0)
      throw databaseNotEmpty(databaseName(address));
  });
  const input = { ...source, plan, target: source.target, address };
  const built = await untilAborted(buildStore(input, steps, watch.progress), watch.signal);
  return reportOf(plan, built, steps, { keptAside: null, leftBehind: null });
}

function reportOf(
  plan: RestorePlan,
  built: BuiltStore,
  steps: Steps,
  previous: Pick<RestoreReport, 'keptAside' | 'leftBehind'>,
): RestoreReport {
  return {
    backup: plan.base.file,
    segments: plan.segments.length,
    ...built,
    ...previous,
    steps: steps.times,
    ms: steps.ms,
  };
}

async function removeFile(file: string): Promise<void> {
  for (const part of partsOf(file)) await rm(part, { force: true });
}

function partsOf(file: string): string[] {
  return ['', '-wal', '-shm', '-journal'].map((suffix) => file + suffix);
}
