import { PoisonEvent } from '../../errors.js';
import { UNDOING_TYPES } from '../../events/log/record-effects.js';
import { catchUp, type CaughtUp } from '../../projections/folding/catch-up.js';
import {
  isDeclaredVersion,
  statusOf,
  allCheckpoints,
  allFailures,
  readSkips,
} from '../../projections/folding/checkpoints.js';
import type { StoppedProjection } from '../../projections/folding/fold-store.js';
import { rebuild, type RebuildParts } from './rebuild.js';

/** Up to this many events, a catch-up ends before a rebuild would have begun, */
const MAX_CATCH_UP_EVENTS = 10_000;
/** unless more of them than this change the past: each may have a long user folded again in every projection. */
const MAX_UNDOING_EVENTS = 20;

/** How the projections came to the head of the log. */
export interface FoldedRest {
  caughtUp: CaughtUp[];
  /** The projections that did not: each stopped at a poison event. */
  stopped: StoppedProjection[];
}

/**
 * Brings the projections to the head of a log that no service uses, after a restore or an import. Continues
 * from their checkpoints, or rebuilds them if that is faster or a projection has stopped.
 */
export async function foldRest(parts: RebuildParts): Promise<FoldedRest> {
  if (await canCatchUp(parts)) {
    try {
      const skips = await readSkips(parts.reader);
      const caughtUp = await catchUp({ ...parts, skips }, parts.projections);
      return { caughtUp, stopped: [] };
    } catch (error) {
      // A rebuild records which projection stopped where, and continues with the others.
      if (!(error instanceof PoisonEvent)) throw error;
    }
  }
  const { swapped, events, failed } = await rebuild(parts);
  return { caughtUp: swapped.map((projection) => ({ projection, events })), stopped: failed };
}

/** Whether every lag is short, changes the past seldom, and no projection has stopped. */
async function canCatchUp({
  reader,
  projections,
}: Pick<RebuildParts, 'reader' | 'projections'>): Promise<boolean> {
  const checkpoints = await allCheckpoints(reader);
  const { position: head } = await reader.head();
  const lags = projections.map((projection) => {
    const checkpoint = checkpoints.find((each) => each.projection === projection.name);
    const status = statusOf(projection, checkpoint, head);
    if (status === 'newer') return Infinity;
    return head - (isDeclaredVersion(status) ? (checkpoint?.position ?? 0) : 0);
  });
  const longestLag = Math.max(...lags);
  if (longestLag > MAX_CATCH_UP_EVENTS || (await allFailures(reader)).length > 0) return false;
  const undoing = { types: UNDOING_TYPES, after: head - longestLag, limit: MAX_UNDOING_EVENTS + 1 };
  return (await reader.events(undoing)).length <= MAX_UNDOING_EVENTS;
}
