import { Corrupt, ProjectionFailed } from '../errors.js';
import { checkpointsTable, failuresTable } from '../events/log/log-tables.js';
import { catchUp, type CaughtUp } from './fold-again.js';
import { readSkips, type PoisonEvent } from './fold-store.js';
import type { Projection } from './projection.js';
import { rebuild, type RebuildParts } from './rebuild.js';
import type { StoreReader } from './store-reader.js';

/** Fewer events are folded one page after another sooner than a rebuild has begun. */
const SOON_FOLDED = 10_000;
/** More projections than there are. */
const ALL = { filters: [], limit: 1_000 };

/** How the projections of a log have come to its end. */
export interface FoldedRest {
  caughtUp: CaughtUp[];
  /** The projections that could not: each stopped at an event that its folds cannot take. */
  stopped: PoisonEvent[];
}

/**
 * Folds what the projections have not folded of a log that nobody serves: a restored one, or one that a file was taken
 * into. Goes on from where they are, or makes them anew where that is faster or an event is to be left out.
 */
export async function foldRest(parts: RebuildParts): Promise<FoldedRest> {
  if (await isLittle(parts)) {
    try {
      const caughtUp = await catchUp(parts.log, parts.decoder, parts.projections);
      return { caughtUp, stopped: [] };
    } catch (error) {
      // A rebuild tells which projection stopped where, and goes on with the others.
      if (!(error instanceof ProjectionFailed || error instanceof Corrupt)) throw error;
    }
  }
  const { swapped, events, failed } = await rebuild(parts);
  return { caughtUp: swapped.map((projection) => ({ projection, events })), stopped: failed };
}

async function isLittle({
  reader,
  projections,
}: {
  reader: StoreReader;
  projections: readonly Projection[];
}): Promise<boolean> {
  if ((await readSkips(reader)).size > 0) return false;
  if ((await reader.rows(failuresTable, { ...ALL, order: failuresTable.key })).length > 0) return false;
  const checkpoints = await reader.rows(checkpointsTable, { ...ALL, order: checkpointsTable.key });
  const { position: head } = await reader.head();
  return projections.every(({ name, version }) => {
    const at = checkpoints.find(({ projection }) => projection === name);
    return head - (at?.version === version ? at.position : 0) <= SOON_FOLDED;
  });
}
