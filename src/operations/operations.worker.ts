import { lowerPriority } from '../low-priority.js';
import type { DatabaseAddress } from '../store/database-address.js';
import { readStore } from '../store/open-store-reader.js';
import { copyCompacted } from '../store/sqlite/compact-file.js';
import { toResult, type ThreadResult } from '../thread-result.js';
import { backUp, type BackupInput } from './backup/back-up.js';
import type { Manifest } from './backup/manifest.js';
import { verifyWithBackups, type VerificationInput } from './loss/verify-with-backups.js';
import type { RebuildReport } from './rebuild/rebuild.js';
import { cleanUpRebuild, runRebuild, type RebuildInput } from './rebuild/run-rebuild.js';
import { replayProjection, type ProjectionDiff, type ProjectionReplay } from './replay/replay-projection.js';
import { drill, type DrillProof } from './restore/drill.js';
import type { RestoreSource } from './restore/restore.js';
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

/** Runs work that is not urgent, so that it never takes the processor from the service. */
function atLowPriority<T>(work: () => Promise<T>): Promise<ThreadResult<T>> {
  lowerPriority();
  return toResult(work);
}
