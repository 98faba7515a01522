import { inThread } from '../in-thread.js';
import type { JobContext } from '../job-context.js';
import type { RebuildReport } from './rebuild.js';
import type { RebuildInput } from './run-rebuild.js';

/** Rebuilds in its own threads. Aborting the signal ends it and leaves nothing half-made. */
export async function rebuildInThread(input: RebuildInput, context: JobContext): Promise<RebuildReport> {
  try {
    return await inThread('rebuild', input, context);
  } catch (error) {
    if (context.signal?.aborted) await inThread('cleanUp', input.address);
    throw error;
  }
}
