import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { loadDeciders } from '../modules/command-catalog.js';
import { Backups } from '../operations/backup/backups.js';
import { PersonReads } from '../store/audit/person-reads.js';
import type { KeyRing } from '../store/keys/key-ring.js';
import { openStore } from '../store/open-store.js';
import type { LoadedWordVectors } from '../store/read-word-vectors.js';
import type { Store } from '../store/store.js';
import { whyOf } from '../why.js';

/** What the stores of one process share. */
interface Shared {
  words?: LoadedWordVectors | undefined;
  /** The ring of the default store; left out for that store itself. */
  keys?: KeyRing;
}

/** An open store, and what backs it up. */
export interface StoreWithBackups {
  store: Store;
  backups: Backups;
  /** Records the reads of persons, if they are recorded. */
  personReads: PersonReads | undefined;
}

/**
 * Opens the configured store, logs what was done to it, and compares its log with what is remembered of it.
 * `opened` is called after each step with how to close what is open so far.
 */
export async function openStoreWithBackups(
  config: Config,
  logger: Logger,
  { words, keys }: Shared,
  opened: (close: () => Promise<void>) => void,
): Promise<StoreWithBackups> {
  const store = await openStore(config, loadDeciders, keys ? { words, keys } : { words });
  opened(() => store.close());
  if (!keys) store.keys.onFailure = (msg, error) => logger.warn({ msg, cause: whyOf(error) });
  for (const name of store.opened.migrations) logger.info({ msg: 'migrated', migration: name });
  for (const { projection, events } of store.opened.caughtUp) {
    logger.warn({ msg: 'projection lagged behind the log and has caught up', projection, events });
  }
  const { schedule, drillSchedule, continuous, keep, recipients } = config.backups;
  const settings = {
    address: store.address,
    reads: store.reads,
    folder: config.backupDir,
    schedule,
    drillSchedule,
    continuous,
    keep,
    recipients,
  };
  const backups = new Backups(settings, logger);
  opened(async () => {
    await backups.close();
    await store.close();
  });
  await backups.lossWatch.begin();
  const personReads = config.audit.reads ? new PersonReads(store.address, config.audit.keepDays) : undefined;
  if (personReads) personReads.onFailure = (msg, error) => logger.error({ msg, cause: whyOf(error) });
  return { store, backups, personReads };
}
