import type { Config } from '../../config.js';
import { StartRefused } from '../../errors.js';
import { existingStore } from '../../store/check-store.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { databaseFile, ownerOf, takeDataFolder } from '../../store/sqlite/data-folder.js';
import type { Operation } from './operator-command.js';
import { RunningService } from './service.js';

/** The service to ask: the one named, or the one that has the data folder now; undefined when nobody runs. */
export function serviceOf({ url, config }: Operation): RunningService | undefined {
  if (url !== undefined) return new RunningService(url);
  if (config.databaseUrl !== undefined) return undefined;
  const owner = ownerOf(config.dataDir);
  if (!owner) return undefined;
  if (owner.url === undefined) {
    throw new StartRefused(
      `${config.dataDir} is in use by process ${owner.pid}, which serves no HTTP yet; try again when it does, or stop it.`,
    );
  }
  return new RunningService(owner.url);
}

/** Where the store's data is. */
export function addressOf({ databaseUrl, dataDir }: Config): DatabaseAddress {
  return databaseUrl === undefined ? { file: databaseFile(dataDir) } : { url: databaseUrl };
}

/** The address, if there is a store of this release; see existingStore. */
export function existing(config: Config): Promise<DatabaseAddress> {
  return existingStore(addressOf(config));
}

/** Throws StartRefused, naming the service that has the data folder; a PostgreSQL database has no owner to name. */
export function refuseBesideService(operation: Operation, hint = ''): void {
  const { databaseUrl, dataDir } = operation.config;
  const service = databaseUrl === undefined ? serviceOf(operation) : undefined;
  if (service) throw new StartRefused(`A service runs on ${dataDir} (${service.url}); stop it first.${hint}`);
}

/** Runs the work while no service can start on the same data folder; a PostgreSQL database may be in use. */
export async function withStore<T>(config: Config, work: () => Promise<T>): Promise<T> {
  await existingStore(addressOf(config), { orOlder: true });
  return withFolder(config, work);
}

/** The same where there may be no store yet. */
export async function withFolder<T>(config: Config, work: () => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work();
  const folder = takeDataFolder(config.dataDir);
  try {
    return await work();
  } finally {
    folder.release();
  }
}
