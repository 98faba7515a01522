import { inThread } from '../in-thread.js';
import type { Watched } from '../job-context.js';
import type { Rebuilt } from './rebuild.js';
import type { RebuildInput } from './run-rebuild.js';

/** Rebuilds in threads of its own; ended early by the signal, it leaves nothing half-made. */
export async function rebuildInThread(input: RebuildInput, watched: Watched): Promise<Rebuilt> {
  try {
    return await inThread('rebuild', input, watched);
  } catch (error) {
    if (watched.signal?.aborted) await inThread('cleanUp', input.address);
    throw error;
  }
}
