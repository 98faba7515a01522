import type { Config } from '../../config.js';
import { StartRefused } from '../../errors.js';
import { existingStore } from '../../store/check-store.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { databaseFile, ownerOf, takeDataFolder } from '../../store/sqlite/data-folder.js';
import type { Operation } from './operator-command.js';
import { RunningService } from './service.js';

/**
 * The service to use: the one at `--url`, or the one that has the data folder; undefined if there is none.
 * Throws StartRefused while the process that has the folder does not serve HTTP.
 */
export function serviceOf({ url, config }: Operation): RunningService | undefined {
  if (url !== undefined) return new RunningService(url);
  if (config.databaseUrl !== undefined) return undefined;
  const owner = ownerOf(config.dataDir);
  if (!owner) return undefined;
  if (owner.url === undefined) {
    throw new StartRefused(
      `${config.dataDir} is in use by process ${owner.pid}, which does not serve HTTP. Try again later, or stop it.`,
    );
  }
  return new RunningService(owner.url);
}

/** The file or the PostgreSQL database that holds the store. */
export function addressOf({ databaseUrl, dataDir }: Config): DatabaseAddress {
  return databaseUrl === undefined ? { file: databaseFile(dataDir) } : { url: databaseUrl };
}

/**
 * Returns the store's address; throws unless there is an undamaged store with exactly this release's schema.
 */
export function existingAddress(config: Config): Promise<DatabaseAddress> {
  return existingStore(addressOf(config));
}

/**
 * Throws StartRefused with the address of the service that has the data folder. A PostgreSQL database records
 * no owner, so it is not checked.
 */
export function refuseBesideService(operation: Operation, hint = ''): void {
  const { databaseUrl, dataDir } = operation.config;
  const service = databaseUrl === undefined ? serviceOf(operation) : undefined;
  if (service) throw new StartRefused(`A service runs on ${dataDir} (${service.url}); stop it first.${hint}`);
}

/**
 * Runs the work with the data folder locked, so that no service can start on it; a PostgreSQL database is not
 * locked. Throws if there is no store, or one of a newer release.
 */
export async function withStore<T>(config: Config, work: () => Promise<T>): Promise<T> {
  await existingStore(addressOf(config), { allowOlder: true });
  return withFolder(config, work);
}

/** Like withStore, but the store may not exist yet. */
export async function withFolder<T>(config: Config, work: () => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work();
  const folder = takeDataFolder(config.dataDir);
  try {
    return await work();
  } finally {
    folder.release();
  }
}
