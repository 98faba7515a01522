import type { UserErased } from '../events/erasure/user-erased.event.js';
import { lowerPriority } from '../low-priority.js';
import type { DatabaseAddress } from '../store/database-address.js';
import { openStoreAt } from '../store/open-log.js';
import { readStore } from '../store/open-store-reader.js';
import { copyCompacted } from '../store/sqlite/compact-file.js';
import { toResult, type ThreadResult } from '../thread-result.js';
import { backUp, type BackupInput } from './backup/back-up.js';
import type { Manifest } from './backup/manifest.js';
import { rewriteCopies, type RewriteInput, type RewriteReport } from './copies/rewrite-copies.js';
import {
  certificateOf,
  certificatesOf,
  type CertificateOrder,
  type ErasureCertificate,
  type ErasureSelection,
} from './erasure/certificate.js';
import { countErased } from './erasure/count-erased.js';
import { finishErasures } from './erasure/finish-erasures.js';
import { touchedTables } from './erasure/touched-tables.js';
import { verifyWithBackups, type VerificationInput } from './loss/verify-with-backups.js';
import type { RebuildReport } from './rebuild/rebuild.js';
import { cleanUpRebuild, runRebuild, type RebuildInput } from './rebuild/run-rebuild.js';
import { replayProjection, type ProjectionDiff, type ProjectionReplay } from './replay/replay-projection.js';
import { drill, type DrillProof } from './restore/drill.js';
import type { RestoreSource } from './restore/restore.js';
import type { DueUsers } from './retention/due-users.js';
import type { ExpiredOfUser } from './retention/expired-of-user.js';
import {
  dryRun,
  findDueUsers,
  findExpired,
  recordRun,
  type RetentionInput,
} from './retention/retention-in-thread.js';
import type { RetentionReport } from './retention/retention-report.js';
import { planRetraction as planned, type PlanInput } from './retraction/plan-in-thread.js';
import type { PlannedRetraction } from './retraction/planned-retraction.js';
import { shipLog, type Shipped, type ShipInput } from './shipping/ship-log.js';
import { reportTo, type Task } from './thread-task.js';
import type { VerifyReport } from './verify/verify-store.js';

// The long-running jobs of operators, beside the service. `inThread` calls the exported functions by name.

export function backup({ input, port }: Task<BackupInput>): Promise<ThreadResult<Manifest>> {
  return atLowPriority(() => backUp(input, reportTo(port)));
}

/** Runs at normal priority. At low priority, shipping would fall behind the log on a busy machine. */
export function ship({ input }: Task<ShipInput>): Promise<ThreadResult<Shipped | undefined>> {
  return toResult(() => shipLog(input));
}

export function restoreDrill({ input, port }: Task<RestoreSource>): Promise<ThreadResult<DrillProof>> {
  return atLowPriority(() => drill(input, reportTo(port)));
}

/** Takes erased users out of the backups. */
export function rewrite({ input, port }: Task<RewriteInput>): Promise<ThreadResult<RewriteReport>> {
  return atLowPriority(() => rewriteCopies(input, reportTo(port)));
}

export function verify({ input, port }: Task<VerificationInput>): Promise<ThreadResult<VerifyReport>> {
  return atLowPriority(() => verifyWithBackups(input, reportTo(port)));
}

/** What the database's own check of its storage finds. */
export function storageDamage({ input }: Task<DatabaseAddress>): Promise<ThreadResult<string[]>> {
  return atLowPriority(() => readStore(input, (reader) => reader.storageDamage()));
}

export function rebuild({ input, port }: Task<RebuildInput>): Promise<ThreadResult<RebuildReport>> {
  return atLowPriority(() => runRebuild(input, reportTo(port)));
}

/** Compares a projection with what other settings would make of the log. */
export function diffProjection({
  input,
  port,
}: Task<ProjectionReplay>): Promise<ThreadResult<ProjectionDiff>> {
  return atLowPriority(() => replayProjection(input, reportTo(port)));
}

export function compactFile({ input }: Task<{ file: string; copy: string }>): Promise<ThreadResult<void>> {
  return toResult(() => copyCompacted(input.file, input.copy));
}

export function cleanUp({ input }: Task<DatabaseAddress>): Promise<ThreadResult<void>> {
  return atLowPriority(() => cleanUpRebuild(input));
}

/** Counts what the erasure of a user would erase. At normal priority, as is what follows: someone waits. */
export function countErasedOf({
  input,
}: Task<{ address: DatabaseAddress; userId: string }>): Promise<ThreadResult<UserErased>> {
  return toResult(() => readStore(input.address, (reader) => countErased(reader, input.userId)));
}

/** Erases the data of the users whose erasure is pending. Returns the tables that it was in. */
export function eraseData({ input }: Task<DatabaseAddress>): Promise<ThreadResult<string[]>> {
  return toResult(async () => {
    const store = openStoreAt(input);
    try {
      return await touchedTables(store.reader, await finishErasures(store));
    } finally {
      await store.close();
    }
  });
}

/** Reads the certificate of an erasure, and verifies it if that is asked for. */
export function erasureCertificate({
  input,
}: Task<{ address: DatabaseAddress; order: CertificateOrder }>): Promise<ThreadResult<ErasureCertificate>> {
  return toResult(() => readStore(input.address, (reader) => certificateOf(reader, input.order)));
}

/** Reads the certificates of a page of erasures. */
export function erasureCertificates({
  input,
}: Task<{ address: DatabaseAddress; selection: ErasureSelection }>): Promise<
  ThreadResult<ErasureCertificate[]>
> {
  return toResult(() => readStore(input.address, (reader) => certificatesOf(reader, input.selection)));
}

/** Finds the users of whom something may be older than the policy lets it be. */
export function retentionDueUsers({ input, port }: Task<RetentionInput>): Promise<ThreadResult<DueUsers>> {
  return atLowPriority(() => findDueUsers(input, reportTo(port)));
}

/** Chooses what of a user is old. */
export function retentionExpired({
  input,
}: Task<RetentionInput & { userId: string }>): Promise<ThreadResult<ExpiredOfUser>> {
  return atLowPriority(() => findExpired(input));
}

/** Says what retention would erase now. */
export function retentionDryRun({
  input,
  port,
}: Task<RetentionInput>): Promise<ThreadResult<RetentionReport>> {
  return atLowPriority(() => dryRun(input, reportTo(port)));
}

/** Records a run of retention. */
export function retentionRan({
  input,
}: Task<RetentionInput & { report: RetentionReport }>): Promise<ThreadResult<void>> {
  return atLowPriority(() => recordRun(input));
}

/** Works out what a retraction changes. */
export function planRetraction({ input }: Task<PlanInput>): Promise<ThreadResult<PlannedRetraction>> {
  return toResult(() => planned(input));
}

/** Runs work that is not urgent, so that it never takes the processor from the service. */
function atLowPriority<T>(work: () => Promise<T>): Promise<ThreadResult<T>> {
  lowerPriority();
  return toResult(work);
}
