import { PoisonEvent } from '../../errors.js';
import { catchUp, type CaughtUp } from '../../projections/folding/catch-up.js';
import {
  isOfThisVersion,
  statusOf,
  allCheckpoints,
  allFailures,
  readSkips,
} from '../../projections/folding/checkpoints.js';
import type { StoppedProjection } from '../../projections/folding/fold-store.js';
import { rebuild, type RebuildParts } from './rebuild.js';

/** Fewer events are folded one page after another sooner than a rebuild has begun. */
const SOON_FOLDED = 10_000;

/** How the projections of a log have come to its end. */
export interface FoldedRest {
  caughtUp: CaughtUp[];
  /** The projections that could not: each stopped at an event that its folds cannot take. */
  stopped: StoppedProjection[];
}

/**
 * Folds what the projections have not folded of a log that nobody serves: a restored one, or one that a file was taken
 * into. Goes on from where they are, or makes them anew where that is faster.
 */
export async function foldRest(parts: RebuildParts): Promise<FoldedRest> {
  if (await isLittle(parts)) {
    try {
      const skips = await readSkips(parts.reader);
      const caughtUp = await catchUp({ ...parts, skips }, parts.projections);
      return { caughtUp, stopped: [] };
    } catch (error) {
      // A rebuild tells which projection stopped where, and goes on with the others.
      if (!(error instanceof PoisonEvent)) throw error;
    }
  }
  const { swapped, events, failed } = await rebuild(parts);
  return { caughtUp: swapped.map((projection) => ({ projection, events })), stopped: failed };
}

/** Whether going on is soon done, and no projection has stopped. */
async function isLittle({
  reader,
  projections,
}: Pick<RebuildParts, 'reader' | 'projections'>): Promise<boolean> {
  const checkpoints = await allCheckpoints(reader);
  const { position: head } = await reader.head();
  const behind = projections.map((projection) => {
    const checkpoint = checkpoints.find((each) => each.projection === projection.name);
    const status = statusOf(projection, checkpoint, head);
    if (status === 'newer') return Infinity;
    return head - (isOfThisVersion(status) ? (checkpoint?.position ?? 0) : 0);
  });
  const most = Math.max(...behind);
  return most <= SOON_FOLDED && (await allFailures(reader)).length === 0;
}
