import { join } from 'node:path';
import { readPackedLines } from '../lines/read-packed-lines.js';
import { segmentsFolder, shortHash } from '../shipping/segments.js';
import { availableIn } from './available.js';
import { planRestore, type RestorePlan, type RestoreTarget, type SealedSegment } from './restore-plan.js';

/** The backups to restore from, and how far. */
export interface PlanInput {
  /** The backup folder. */
  folder: string;
  /** A backup's data file or manifest; the newest suitable backup when omitted. */
  from?: string | undefined;
  target?: RestoreTarget | undefined;
  /** The identity of the store whose backups are wanted; undefined if any may be. */
  storeId?: string | undefined;
  /** The secret keys for what is encrypted, age identities. */
  identities?: readonly string[] | undefined;
}

/**
 * Chooses what to restore from. A plan knows segments by their names, which do not show whether one that
 * begins earlier has the same events so far: such a one is read, and given up if it is of another past.
 * Throws Refused, Corrupt or NotFound, naming what is missing or damaged.
 */
export async function choosePlan({ folder, from, target, storeId }: PlanInput): Promise<RestorePlan> {
  let available = await availableIn(folder, { from, target, storeId });
  for (;;) {
    const plan = planRestore(available, target);
    const stray = await strayIn(folder, plan);
    if (!stray) return plan;
    const given = pastFrom(stray, available.segments);
    available = { ...available, segments: available.segments.filter((segment) => !given.has(segment)) };
  }
}

/** Returns the first segment of the plan that belongs to another past than what is before it. */
async function strayIn(folder: string, { base, segments }: RestorePlan): Promise<SealedSegment | undefined> {
  let end = { position: base.position, hash: shortHash(base.chainHead) };
  for (const segment of segments) {
    const begins = segment.from <= end.position && end.position > 0;
    if (begins && !(await agrees(folder, segment, end))) return segment;
    end = { position: segment.to, hash: segment.lastHash };
  }
  return undefined;
}

/** Whether the segment has that event. A damaged one is not judged here: the replay names the damage. */
async function agrees(
  folder: string,
  { file }: SealedSegment,
  { position, hash }: { position: number; hash: string },
): Promise<boolean> {
  try {
    for await (const entry of readPackedLines(join(segmentsFolder(folder), file))) {
      if (entry.kind === 'event' && entry.event.position === position)
        return shortHash(entry.event.hash) === hash;
    }
    return false;
  } catch {
    return true;
  }
}

/** The segment, and all that continue it. */
function pastFrom(stray: SealedSegment, segments: readonly SealedSegment[]): Set<SealedSegment> {
  const past = new Set([stray]);
  // Segments come by position, so a segment comes after the one that it follows.
  for (const segment of segments) {
    const follows = [...past].some(
      ({ to, lastHash }) => to === segment.from - 1 && lastHash === segment.previousHash,
    );
    if (follows) past.add(segment);
  }
  return past;
}
