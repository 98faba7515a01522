import { damagedNewestBackup, unreachableState } from '../backup/backup-errors.js';
import { manifestOf, type BrokenBackup } from '../backup/backup-folder.js';
import { backupName, type Manifest } from '../backup/manifest.js';
import { mayBeOf } from '../backup/own-backups.js';
import { shortHash, type Seal, type Segment } from '../shipping/segments.js';

/** Where a restore ends: at an event's position, or with the last event recorded by a time, in ms UTC. */
export type RestoreTarget = { position: number } | { time: number };

/** A segment, and when it was sealed, ms UTC; 0 if unknown. */
export interface SealedSegment extends Segment, Seal {}

export interface AvailableBackups {
  /** Newest first. */
  backups: readonly Manifest[];
  /** Backups that cannot be restored; empty if one backup was named. */
  broken: readonly BrokenBackup[];
  segments: readonly SealedSegment[];
}

/** What to restore: a full backup, and the segments that follow it, in order. */
export interface RestorePlan {
  base: Manifest;
  segments: readonly SealedSegment[];
  /** Position where the last of them ends. */
  end: number;
}

/**
 * Chooses the newest backup at or before the target from which the target can be reached. Throws Refused or
 * Corrupt, naming what is missing or broken, so that no restore silently ends earlier than it could.
 */
export function planRestore(
  { backups, broken, segments }: AvailableBackups,
  target: RestoreTarget | undefined,
): RestorePlan {
  const bases = backups.filter((backup) => isAtOrBefore(backup, target));
  const plans = bases.map((base) => chainFrom(base, segments, target));
  const reaching = plans.find((plan) => reaches(plan, target));
  const [lastBroken] = broken;
  if (!reaching && !target && lastBroken) throw damagedNewestBackup(lastBroken);
  if (!reaching) throw unreachableState(unreachableText(backups, plans[0], target));
  const missed = broken.find((each) => mayHoldMore(each, reaching, target));
  if (missed) throw damagedNewestBackup(missed, reaching.base.file);
  const unreached = firstUnreached(reaching, segments, target);
  if (unreached) {
    throw unreachableState(
      `A segment is missing: no segment follows position ${reaching.end}, but ${unreached.file} continues from ${unreached.from}. ` +
        `Put back the segment that begins at ${reaching.end + 1}, or restore --to ${reaching.end} without the later events.`,
    );
  }
  return reaching;
}

/** Whether the broken backup may contain something that is wanted and that the plan does not reach. */
function mayHoldMore(
  { name }: BrokenBackup,
  { base, segments }: RestorePlan,
  target: RestoreTarget | undefined,
): boolean {
  if (target && 'position' in target) return false;
  if (target && name > `${backupName(new Date(target.time))}.json`) return false;
  const sealed = segments.at(-1)?.sealedAt ?? 0;
  return name > manifestOf(base.file) && name > `${backupName(new Date(sealed))}.json`;
}

function isAtOrBefore({ position, recordedAt }: Manifest, target: RestoreTarget | undefined): boolean {
  if (!target) return true;
  if ('position' in target) return position <= target.position;
  return recordedAt === null || Date.parse(recordedAt) <= target.time;
}

/** Follows the hashes. If two segments follow one event, a restore came between: the newer one is right. */
function chainFrom(
  base: Manifest,
  segments: readonly SealedSegment[],
  target: RestoreTarget | undefined,
): RestorePlan {
  const newestFirst = ofStore(base, segments).toSorted((a, b) => b.sealedAt - a.sealedAt || b.to - a.to);
  const since = Date.parse(base.createdAt);
  const chain: SealedSegment[] = [];
  let end = base.position;
  let hash = shortHash(base.chainHead);
  // Every log begins with the same hash. A segment that was sealed before the backup of an empty store is
  // from before a reset.
  const follows = ({ sealedAt }: SealedSegment) => end > 0 || sealedAt >= since;
  for (;;) {
    if (target && 'position' in target && end >= target.position) break;
    const next =
      newestFirst.find(
        (segment) => segment.from === end + 1 && segment.previousHash === hash && follows(segment),
      ) ??
      // Most backups end within a segment, and its name does not show whether it has the same history. It has
      // if it was sealed after the backup began, unless a restore came between; the replay checks it.
      newestFirst.find(({ from, to, sealedAt }) => from <= end && to > end && sealedAt >= since);
    if (!next) break;
    chain.push(next);
    end = next.to;
    hash = next.lastHash;
  }
  return { base, segments: chain, end };
}

function reaches({ end }: RestorePlan, target: RestoreTarget | undefined): boolean {
  return !target || !('position' in target) || end >= target.position;
}

/** A segment beyond the plan's end, sealed after the backup: the chain should have reached it. */
function firstUnreached(
  { base, end }: RestorePlan,
  segments: readonly SealedSegment[],
  target: RestoreTarget | undefined,
): SealedSegment | undefined {
  if (target && 'position' in target) return undefined;
  const since = Date.parse(base.createdAt);
  return ofStore(base, segments).find(({ from, sealedAt }) => from > end + 1 && sealedAt > since);
}

function ofStore({ storeId }: Manifest, segments: readonly SealedSegment[]): SealedSegment[] {
  return segments.filter((segment) => mayBeOf(storeId, segment));
}

function unreachableText(
  backups: readonly Manifest[],
  nearest: RestorePlan | undefined,
  target: RestoreTarget | undefined,
): string {
  const oldest = backups.at(-1);
  if (!oldest) return 'There is no backup here; BACKUP_DIR or --backup-dir sets the folder.';
  if (nearest && target) {
    return (
      `${targetText(target)} cannot be reached: from ${nearest.base.file} the log reaches position ${nearest.end}. ` +
      'Omit --to to restore up to there.'
    );
  }
  const at = oldest.recordedAt === null ? '' : ` of ${oldest.recordedAt}`;
  return `${target ? targetText(target) : 'That'} is before the oldest backup, ${oldest.file}, which ends at position ${oldest.position}${at}.`;
}

function targetText(target: RestoreTarget): string {
  return 'position' in target ? `Position ${target.position}` : new Date(target.time).toISOString();
}
