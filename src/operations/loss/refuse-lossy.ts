import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { unfinishedIn, unfinishedText } from '../../store/unfinished.js';
import { findLoss } from './find-loss.js';
import { backupOfLossyLog, backupOfPart } from './loss-errors.js';
import { endsBeside } from './loss-watch.js';

/**
 * Throws Refused if the log lacks acknowledged events, or an import has not ended: a backup of it would push
 * what is whole out of the folder.
 */
export async function refuseLossy({
  address,
  folder,
}: {
  address: DatabaseAddress;
  folder: string;
}): Promise<void> {
  const others = endsBeside(address);
  await readStore(address, async (reader) => {
    const loss = await findLoss({ reader, folder, others });
    if (loss) throw backupOfLossyLog(loss);
    const unfinished = await unfinishedIn(reader);
    if (unfinished && unfinished.work !== 'import --append') throw backupOfPart(unfinishedText(unfinished));
  });
}
