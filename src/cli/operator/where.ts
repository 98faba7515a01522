import type { Config } from '../../config.js';
import { InvalidInput, StartRefused } from '../../errors.js';
import { existingStore } from '../../store/check-store.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { ownerOf, takeDataFolder, type Owner } from '../../store/sqlite/data-folder.js';
import { addressOf } from '../../store/tenants/tenant-place.js';
import type { Operation } from './operator-command.js';
import { RunningService } from './service.js';

export { addressOf };

/**
 * The service to use: the one at `--url`, or the one that has the data folder; undefined if there is none.
 * Throws StartRefused while the process that has the folder does not serve HTTP.
 */
export function serviceOf(operation: Operation): RunningService | undefined {
  if (operation.url !== undefined) return serviceAt(operation.url, operation);
  const owner = serviceOn(operation.config);
  if (!owner) return undefined;
  refuseOtherBackupFolder(operation, owner);
  return serviceAt(owner.url, operation);
}

/** The service at an address, asked with the key that was given. */
export function serviceAt(url: string, { key, tenant }: Operation): RunningService {
  return new RunningService(url, key, tenant);
}

/** The service that has the data folder. Throws StartRefused if another kind of process has it. */
function serviceOn({ databaseUrl, dataDir }: Config): (Owner & { url: string }) | undefined {
  const owner = databaseUrl === undefined ? ownerOf(dataDir) : undefined;
  if (!owner) return undefined;
  const { url } = owner;
  if (url === undefined) {
    throw new StartRefused(
      `${dataDir} is in use by process ${owner.pid}, which does not serve HTTP. Try again later, or stop it.`,
    );
  }
  return { ...owner, url };
}

/** A service does its work with its own backup folder; a caller who names another one would be misled. */
function refuseOtherBackupFolder({ config, backupDirBy }: Operation, owner: Owner & { url: string }): void {
  if (backupDirBy === undefined || owner.backupDir === undefined || owner.backupDir === config.backupDir)
    return;
  throw InvalidInput.field(
    backupDirBy,
    `the service on ${config.dataDir} (${owner.url}) does this, with its own backup folder ${owner.backupDir}, not ` +
      `with ${config.backupDir}. Leave ${backupDirBy} out, or stop the service`,
  );
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
  const service = serviceOn(operation.config);
  if (service)
    throw new StartRefused(
      `A service runs on ${operation.config.dataDir} (${service.url}); stop it first.${hint}`,
    );
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
