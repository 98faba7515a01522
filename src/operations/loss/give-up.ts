import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openLog } from '../../store/open-log.js';
import { readStore } from '../../store/open-store-reader.js';
import { giveUpEnds, removeMark, type EndId, type MarkName } from '../../store/store-marks.js';
import { shortHash } from '../shipping/segments.js';
import { findLoss, missingEnds, type Loss } from './find-loss.js';
import { endsIn, hasEnd } from './known-ends.js';
import { endsBeside } from './loss-watch.js';

/**
 * Records in a store that was restored or reset every end of a log that it does not have: they are missing on
 * purpose from now on. `others` are ends that the folder does not know. With that the store is finished.
 */
export async function giveUpOtherEnds(
  address: DatabaseAddress,
  folder: string,
  others: readonly EndId[] = [],
): Promise<void> {
  const ends = [...(await endsIn(folder)), ...others];
  const missing = await readStore(address, async (reader) => {
    const isMissing = await Promise.all(ends.map(async (end) => !(await hasEnd(reader, end))));
    return ends.filter((_, i) => isMissing[i]);
  });
  await recordGivenUp(address, missing, 'unfinished');
}

/** Accepts that acknowledged events are missing. Returns what was; undefined if nothing is missing. */
export async function acceptLoss(address: DatabaseAddress, folder: string): Promise<Loss | undefined> {
  const others = endsBeside(address);
  const { loss, ends } = await readStore(address, async (reader) => ({
    loss: await findLoss({ reader, folder, others }),
    ends: await missingEnds({ reader, folder, others }),
  }));
  if (loss) await recordGivenUp(address, [...ends, loss]);
  return loss;
}

async function recordGivenUp(
  address: DatabaseAddress,
  ends: readonly EndId[],
  ...ended: MarkName[]
): Promise<void> {
  const { log, close } = openLog(address);
  try {
    if (ends.length > 0) await giveUpEnds(log, ends);
    for (const mark of ['loss', ...ended] as const) await removeMark(log, mark);
  } finally {
    await close();
  }
}

/** The head of a log, and what the file beside it remembers; empty if it cannot be read. */
export async function presentEnds(address: DatabaseAddress): Promise<EndId[]> {
  const head = await readStore(address, (reader) => reader.head()).catch(() => undefined);
  return [
    ...endsBeside(address),
    ...(head && head.position > 0 ? [{ position: head.position, hash: shortHash(head.hash) }] : []),
  ];
}

/** Events that the previous store has and the restored one does not. */
export interface LeftBehind {
  /** Positions in the previous store. */
  from: number;
  to: number;
}

/** Finds where two logs part; undefined if the restored one has every event of the previous one. */
export async function leftBehind(
  previous: Pick<StoreReader, 'head' | 'events'>,
  restored: Pick<StoreReader, 'head' | 'events'>,
): Promise<LeftBehind | undefined> {
  const { position: to } = await previous.head();
  const { position: end } = await restored.head();
  const isShared = async (position: number) =>
    (await hashIn(previous, position)) === (await hashIn(restored, position));
  // Each hash covers all events before it: where two events are the same, so is everything before.
  let [shared, parted] = [0, Math.min(to, end) + 1];
  while (parted - shared > 1) {
    const middle = Math.floor((shared + parted) / 2);
    if (await isShared(middle)) shared = middle;
    else parted = middle;
  }
  return shared < to ? { from: shared + 1, to } : undefined;
}

async function hashIn(log: Pick<StoreReader, 'events'>, position: number): Promise<string | undefined> {
  const [event] = await log.events({ after: position - 1, limit: 1 });
  return event?.hash;
}
