import { damagedNewestBackup, unreachableState } from '../backup/backup-errors.js';
import type { BrokenBackup } from '../backup/backup-folder.js';
import { isNewer } from '../backup/backup-order.js';
import { backupName, type Manifest } from '../backup/manifest.js';
import { mayBeOf } from '../backup/own-backups.js';
import { shortHash, type Seal, type Segment } from '../shipping/segments.js';

/** Where a restore ends: at an event's position, or with the last event recorded by a time, in ms UTC. */
export type RestoreTarget = { position: number } | { time: number };

/** A segment, when it was sealed, and which store it is of. */
export interface SealedSegment extends Segment, Seal {
  /** When its last event was recorded, ms UTC; only known for a target that is a time. */
  lastRecordedAt?: number | undefined;
}

export interface AvailableBackups {
  /** The backup folder. */
  folder: string;
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
export function planRestore(available: AvailableBackups, target: RestoreTarget | undefined): RestorePlan {
  const { backups, broken, segments } = available;
  const bases = backups.filter((backup) => isAtOrBefore(backup, target));
  const plans = bases.map((base) => chainFrom(base, segments, target));
  const reaching = plans.find((plan) => reaches(plan, target));
  const [lastBroken] = broken;
  if (!reaching && !target && lastBroken) throw damagedNewestBackup(lastBroken);
  if (!reaching) throw unreachableState(unreachableText(available, plans[0], target));
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
  broken: BrokenBackup,
  { base, segments }: RestorePlan,
  target: RestoreTarget | undefined,
): boolean {
  if (target && 'position' in target) return false;
  if (target && broken.name > `${backupName(new Date(target.time))}.json`) return false;
  if (!isNewer(broken, base)) return false;
  const last = segments.at(-1);
  if (broken.sequence !== undefined && last?.sequence !== undefined) return last.sequence < broken.sequence;
  return broken.name > `${backupName(new Date(last?.sealedAt ?? 0))}.json`;
}

function isAtOrBefore({ position, recordedAt }: Manifest, target: RestoreTarget | undefined): boolean {
  if (!target) return true;
  if ('position' in target) return position <= target.position;
  return recordedAt === null || Date.parse(recordedAt) <= target.time;
}

/**
 * Follows the hashes. If two segments follow one event, a restore came between: the newer one is right. What
 * is newer tells the number of the last backup before it, and only for segments of older releases the time.
 */
function chainFrom(
  base: Manifest,
  segments: readonly SealedSegment[],
  target: RestoreTarget | undefined,
): RestorePlan {
  const newestFirst = ofStore(base, segments).toSorted((a, b) => bySeal(a, b) || b.to - a.to);
  const chain: SealedSegment[] = [];
  let end = base.position;
  let hash = shortHash(base.chainHead);
  // Every log begins with the same hash. A segment that was sealed before the backup of an empty store is
  // from before a reset.
  const follows = (segment: SealedSegment) => end > 0 || isAfter(segment, base);
  for (;;) {
    if (isReached({ end, last: chain.at(-1) }, target)) break;
    const last = chain.at(-1);
    const next =
      newestFirst.find(
        (segment) => segment.from === end + 1 && segment.previousHash === hash && follows(segment),
      ) ??
      // Most backups end within a segment, and its name does not show whether it has the same history:
      // `choosePlan` looks into it. One that is older than the last is of a past that was given up.
      newestFirst.find(
        (segment) =>
          segment.from <= end &&
          segment.to > end &&
          isAfter(segment, base) &&
          (!last || bySeal(segment, last) <= 0),
      );
    if (!next) break;
    chain.push(next);
    end = next.to;
    hash = next.lastHash;
  }
  return { base, segments: chain, end };
}

/** Sorts the segment that was sealed last first. */
function bySeal(a: SealedSegment, b: SealedSegment): number {
  return (b.sequence ?? 0) - (a.sequence ?? 0) || b.sealedAt - a.sealedAt;
}

/** Whether nothing after the end is wanted. */
function isReached(
  { end, last }: { end: number; last: SealedSegment | undefined },
  target: RestoreTarget | undefined,
): boolean {
  if (!target) return false;
  return 'position' in target ? end >= target.position : (last?.lastRecordedAt ?? 0) > target.time;
}

/**
 * Whether the segment was sealed after the backup began. A segment has the number of the last backup that was
 * complete; only for one sealed while the backup was made, the time tells.
 */
function isAfter({ sequence, sealedAt }: SealedSegment, base: Manifest): boolean {
  const number = base.sequence ?? 0;
  if (sequence !== undefined && sequence >= number) return true;
  return (sequence ?? number - 1) >= number - 1 && sealedAt >= Date.parse(base.createdAt);
}

function reaches({ end }: RestorePlan, target: RestoreTarget | undefined): boolean {
  return !target || !('position' in target) || end >= target.position;
}

/** A segment beyond the plan's end, sealed after the backup: the chain should have reached it. */
function firstUnreached(
  { base, segments: chain, end }: RestorePlan,
  segments: readonly SealedSegment[],
  target: RestoreTarget | undefined,
): SealedSegment | undefined {
  if ((target && 'position' in target) || isReached({ end, last: chain.at(-1) }, target)) return undefined;
  return ofStore(base, segments).find((segment) => segment.from > end + 1 && isAfter(segment, base));
}

function ofStore({ storeId }: Manifest, segments: readonly SealedSegment[]): SealedSegment[] {
  return segments.filter((segment) => mayBeOf(storeId, segment));
}

function unreachableText(
  { folder, backups }: AvailableBackups,
  nearest: RestorePlan | undefined,
  target: RestoreTarget | undefined,
): string {
  const oldest = backups.at(-1);
  if (!oldest) return `There is no backup in ${folder}; BACKUP_DIR or --backup-dir sets the folder.`;
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
