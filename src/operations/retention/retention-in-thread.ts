import type { DatabaseAddress } from '../../store/database-address.js';
import { openStoreAt } from '../../store/open-log.js';
import { readStore } from '../../store/open-store-reader.js';
import { writeMark } from '../../store/store-marks.js';
import type { Progress } from '../job-context.js';
import { dueUsers, type DueUsers } from './due-users.js';
import type { Cutoffs } from './expired-events.js';
import { expiredOfUser, type ExpiredOfUser } from './expired-of-user.js';
import { readRetentionMark, type RetentionMark } from './retention-mark.js';
import { addErased, addUser, emptyReport, type RetentionReport } from './retention-report.js';

/** A store, and up to where what is old. */
export interface RetentionInput {
  address: DatabaseAddress;
  cutoffs: Cutoffs;
}

/** Finds the users of whom something may be old. */
export function findDueUsers({ address, cutoffs }: RetentionInput, progress: Progress): Promise<DueUsers> {
  return readStore(address, (reader) => dueUsers(reader, cutoffs, progress));
}

/** Chooses what of a user is old. */
export function findExpired({
  address,
  cutoffs,
  userId,
}: RetentionInput & { userId: string }): Promise<ExpiredOfUser> {
  return readStore(address, (reader) => expiredOfUser(reader, userId, cutoffs));
}

/** Says what a run would erase now. Writes nothing. */
export function dryRun({ address, cutoffs }: RetentionInput, progress: Progress): Promise<RetentionReport> {
  return readStore(address, async (reader) => {
    const begun = performance.now();
    const report = emptyReport(true);
    const { userIds, inactive } = await dueUsers(reader, cutoffs, progress);
    addErased(report, inactive);
    for (const [done, userId] of userIds.entries()) {
      addUser(report, await expiredOfUser(reader, userId, cutoffs));
      progress(done + 1, userIds.length);
    }
    report.ms = Math.round(performance.now() - begun);
    return report;
  });
}

/** Records a run, and up to where each rule is done if nobody was left out. */
export async function recordRun({
  address,
  cutoffs,
  report,
}: RetentionInput & { report: RetentionReport }): Promise<void> {
  const { log, reader, close } = openStoreAt(address);
  try {
    const before = (await readRetentionMark(reader))?.done ?? {};
    const done = report.leftOut === 0 ? furthest(before, cutoffs) : before;
    const { listed: _, listedErased: __, ...last } = report;
    await writeMark(log, 'retention', { done, last } satisfies RetentionMark);
  } finally {
    await close();
  }
}

/** A rule that keeps longer than before is done further. */
function furthest(before: Cutoffs, cutoffs: Cutoffs): Cutoffs {
  const memories = { ...before.memories };
  for (const [type, upTo] of Object.entries(cutoffs.memories ?? {}) as [keyof typeof memories, number][])
    memories[type] = Math.max(memories[type] ?? 0, upTo);
  const done: Cutoffs = { memories };
  for (const rule of ['turns', 'emotions', 'removed'] as const)
    done[rule] = Math.max(before[rule] ?? 0, cutoffs[rule] ?? 0);
  return done;
}
