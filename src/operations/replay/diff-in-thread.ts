import { removeScratchRows } from '../../store/open-scratch-rows.js';
import { inThread } from '../in-thread.js';
import type { JobContext } from '../job-context.js';
import { removePartial } from '../transfer/row-file.js';
import { stateFile } from './output-file.js';
import type { ProjectionDiff, ProjectionReplay } from './replay-projection.js';

/** Replays a projection in its own thread. Aborting the signal ends it and leaves nothing half-written. */
export async function diffInThread(input: ProjectionReplay, context: JobContext): Promise<ProjectionDiff> {
  try {
    return await inThread('diffProjection', input, context);
  } finally {
    if (input.out !== undefined) {
      removeScratchRows(stateFile(input.out));
      await removePartial(input.out);
    }
  }
}
