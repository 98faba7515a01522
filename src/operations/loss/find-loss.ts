import type { StoreReader } from '../../projections/folding/store-reader.js';
import { endText, givenUpEnds, readMark } from '../../store/store-marks.js';
import { hasEnd, ownEndsIn, type KnownEnd } from './known-ends.js';

/** Acknowledged events that the log no longer has. */
export interface Loss {
  /** Position up to which the log had events that are missing now. */
  position: number;
  /** First digits of the hash of the event there. */
  hash: string;
  /** What knows that the log went up to there. */
  source: string;
  /** Where the log ended when the loss was found; what is after it was written since. */
  keptUpTo: number;
  /**
   * How far the backups reach: up to there a restore brings the events back. Null if they have none of them.
   */
  restorable: number | null;
}

/** Ends that are known outside the backup folder: to the head file, or to a process. */
export interface LossInput {
  reader: StoreReader;
  /** The backup folder. */
  folder: string;
  others?: readonly KnownEnd[];
}

/**
 * Compares the log with everything that knows how far it went: the head file, segments, and manifests of
 * this store. Returns what is missing, unless a restore, a reset or an operator has given it up.
 */
export async function findLoss({ reader, folder, others = [] }: LossInput): Promise<Loss | undefined> {
  const ends = await missingEnds({ reader, folder, others });
  const marked = await markedLoss(reader);
  const furthest = furthestOf(ends);
  if (!furthest) return marked;
  const { position: head } = await reader.head();
  const { position, hash, source } = furthest;
  return {
    position,
    hash,
    source,
    keptUpTo: marked?.keptUpTo ?? Math.min(head, position - 1),
    restorable: furthestOf(ends.filter(({ inBackups }) => inBackups))?.position ?? null,
  };
}

/** Returns the ends that the log does not have, and that nobody has given up. */
export async function missingEnds({ reader, folder, others = [] }: LossInput): Promise<KnownEnd[]> {
  // The ends are listed before the log is read: it may grow, and be shipped, in between.
  const known = [...others, ...(await ownEndsIn(folder, reader, await reader.storeId()))];
  const givenUp = await givenUpEnds(reader);
  const since = (await readMark(reader, 'records-given-up-ends'))?.markedAt ?? Infinity;
  const missing: KnownEnd[] = [];
  for (const end of known) {
    if (givenUp.has(endText(end)) || (await hasEnd(reader, end))) continue;
    if (!(await isFromBefore(end, reader, since))) missing.push(end);
  }
  return missing;
}

/** What the mark in the store says, while its end is still missing. */
async function markedLoss(reader: StoreReader): Promise<Loss | undefined> {
  const mark = await readMark(reader, 'loss');
  return mark && (JSON.parse(mark.value) as Loss);
}

/**
 * Whether an older release may have given up the end, which it did not record: the log has gone on with
 * another event, recorded later.
 */
async function isFromBefore(
  end: KnownEnd,
  reader: Pick<StoreReader, 'events' | 'head'>,
  since: number,
): Promise<boolean> {
  const at = await end.at();
  if (at >= since) return false;
  const head = await reader.head();
  if (end.position > head.position) return head.recordedAt > at;
  const [event] = await reader.events({ after: end.position - 1, limit: 1 });
  return event !== undefined && event.recordedAt > at;
}

function furthestOf(ends: readonly KnownEnd[]): KnownEnd | undefined {
  return ends.toSorted((a, b) => b.position - a.position)[0];
}
