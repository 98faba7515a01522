import type { Config } from '../../config.js';
import { ownerOf } from '../../store/data-folder.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { databaseFile } from '../../store/data-folder.js';
import { StartRefused } from '../../errors.js';
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
