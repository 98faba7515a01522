import type { MessagePort } from 'node:worker_threads';
import { errorData } from '../errors.js';
import { EventDecoder } from '../events/log/event-decoder.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { DatabaseAddress } from '../store/database-address.js';
import { openStoreReader } from '../store/open-store-reader.js';
import { backUp, type BackupOrder } from './backup/back-up.js';
import { drill, type DrillProof } from './backup/drill.js';
import type { Manifest } from './backup/manifest.js';
import type { RestoreSource } from './backup/restore.js';
import { shipLog, type Shipped, type ShipOrder } from './backup/ship-log.js';
import type { Progress } from './job-context.js';
import { lowerPriority } from './low-priority.js';
import type { Rebuilt } from './rebuild/rebuild.js';
import { cleanUpRebuild, runRebuild, type RebuildInput } from './rebuild/run-rebuild.js';
import type { Answered, Task } from './thread-messages.js';
import type { Anchor } from './verify/verify-log.js';
import { verifyStore, type VerifyReport } from './verify/verify-store.js';

// Long work of operators, beside the service; `inThread` calls the exported functions by name.

/** See backUp. */
export function backup({ input, port }: Task<BackupOrder>): Promise<Answered<Manifest>> {
  return patiently(() => backUp(input, reportingTo(port)));
}

/** See shipLog. Its thread stays as it is: on a busy machine the log would otherwise run ahead of what was shipped. */
export function ship({ input }: Task<ShipOrder>): Promise<Answered<Shipped | undefined>> {
  return answered(() => shipLog(input));
}

/** See drill. */
export function restoreDrill({ input, port }: Task<RestoreSource>): Promise<Answered<DrillProof>> {
  return patiently(() => drill(input, reportingTo(port)));
}

/** See verifyStore. */
export function verify({
  input: { address, anchors },
  port,
}: Task<{ address: DatabaseAddress; anchors: Anchor[] }>): Promise<Answered<VerifyReport>> {
  return patiently(async () => {
    const reader = openStoreReader(address);
    try {
      const decoder = new EventDecoder();
      return await verifyStore({
        reader,
        decoder,
        projections: PROJECTIONS,
        anchors,
        progress: reportingTo(port),
      });
    } finally {
      await reader.close();
    }
  });
}

/** See runRebuild. */
export function rebuild({ input, port }: Task<RebuildInput>): Promise<Answered<Rebuilt>> {
  return patiently(() => runRebuild(input, reportingTo(port)));
}

/** See cleanUpRebuild. */
export function cleanUp({ input }: Task<DatabaseAddress>): Promise<Answered<void>> {
  return patiently(() => cleanUpRebuild(input));
}

function reportingTo(port: MessagePort): Progress {
  return (done, total) => port.postMessage([done, total]);
}

/** Work that may take as long as it does, and never takes the processor from whoever serves. */
function patiently<T>(work: () => Promise<T>): Promise<Answered<T>> {
  lowerPriority();
  return answered(work);
}

async function answered<T>(work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: errorData(error) };
  }
}
