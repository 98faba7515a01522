import { Corrupt, Refused } from '../../errors.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { inBatch } from '../../events/log/in-batch.js';
import { skipsTable } from '../../events/log/log-tables.js';
import { allCheckpoints, allFailures, statusOf } from '../../projections/folding/checkpoints.js';
import { DAMAGED_EVENT, isDamagedEvent } from '../../projections/folding/damaged-event.js';
import { isStale, dropShadows } from '../../projections/folding/open-projections.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Projection } from '../../projections/projection.js';
import { isShared, type DatabaseAddress } from '../../store/database-address.js';
import type { OpenStore } from '../../store/open-log.js';
import { openStoreForRebuild } from '../../store/open-rebuild.js';
import type { Progress } from '../job-context.js';
import { foldInThreads } from './fold-ranges.js';
import { rebuild, type RebuildReport } from './rebuild.js';

export interface RebuildInput {
  address: DatabaseAddress;
  /** Names of projections. When omitted: those that stopped at `skip`, or all of them without `skip`. */
  projections?: readonly string[] | undefined;
  /** Leaves out projections that another process has rebuilt by the time this one holds the rebuild lock. */
  staleOnly?: boolean | undefined;
  /** Id of a poison event, which the projections that stopped at it skip from now on. */
  skip?: string | undefined;
}

/**
 * Rebuilds projections of a store, in the calling thread and its helpers. Throws Refused while another
 * process rebuilds, or if no projection has stopped at the event to skip; Corrupt if that event is damaged.
 */
export async function runRebuild(
  { address, projections, staleOnly = false, skip }: RebuildInput,
  progress?: Progress,
): Promise<RebuildReport> {
  const store = await openStoreForRebuild(address);
  try {
    const skipping = skip === undefined ? [] : await recordSkip(store, skip);
    const requested = PROJECTIONS.filter(
      ({ name }) =>
        skipping.includes(name) || (projections ? projections.includes(name) : skip === undefined),
    );
    const chosen = staleOnly ? await staleOf(store, requested) : requested;
    if (chosen.length === 0) return NOTHING_REBUILT;
    return await rebuild({
      ...store,
      decoder: new EventDecoder(),
      projections: chosen,
      clock: Date.now,
      foldRanges: foldInThreads(store, chosen),
      progress,
    });
  } finally {
    await store.close();
  }
}

const NOTHING_REBUILT: RebuildReport = {
  events: 0,
  position: 0,
  swapped: [],
  failed: [],
  differences: [],
  ms: 0,
};

/** Those of the projections that this program has to rebuild. */
async function staleOf(
  { reader, address }: OpenStore,
  requested: readonly Projection[],
): Promise<Projection[]> {
  const checkpoints = await allCheckpoints(reader);
  const { position } = await reader.head();
  return requested.filter((projection) => {
    const checkpoint = checkpoints.find((each) => each.projection === projection.name);
    return isStale(statusOf(projection, checkpoint, position), { shared: isShared(address) });
  });
}

/** Drops the shadow tables that a cancelled rebuild has left behind. */
export async function cleanUpRebuild(address: DatabaseAddress): Promise<void> {
  const store = await openStoreForRebuild(address);
  try {
    await dropShadows(store.log, PROJECTIONS);
  } finally {
    await store.close();
  }
}

/** Records permanently that the projections which stopped at the event skip it. Returns their names. */
async function recordSkip({ log, reader }: OpenStore, eventId: string): Promise<string[]> {
  const failures = await allFailures(reader);
  const stopped = failures.filter((failure) => failure.eventId === eventId);
  if (stopped.length === 0)
    throw new Refused(
      'rebuild.nothing-to-skip',
      `No projection has stopped at event ${eventId}; /v1/ops/projections lists the events that can be skipped.`,
    );
  for (const { position } of stopped) {
    if (await isDamagedEvent((query) => reader.events(query), position))
      throw new Corrupt('log.damaged', `Event ${eventId} at position ${position}: ${DAMAGED_EVENT}`);
  }
  await log.transaction((transaction) =>
    inBatch(transaction, (rows) => {
      for (const { projection, position, cause } of stopped) {
        rows.put(skipsTable, { projection, eventId, position, cause, skippedAt: Date.now() });
      }
    }),
  );
  return stopped.map(({ projection }) => projection);
}
