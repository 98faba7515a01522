import { DatabaseLocked } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import { type EventLog, type LogTransaction, type StoredEvent } from '../../events/log/event-log.js';
import { inBatch } from '../../events/log/in-batch.js';
import { checkpointsTable, failuresTable, type CheckpointRow } from '../../events/log/log-tables.js';
import {
  isDeclaredVersion,
  statusOf,
  allCheckpoints,
  readSkips,
} from '../../projections/folding/checkpoints.js';
import type { ProjectionDifferences } from '../../projections/folding/compare-rows.js';
import type { StoppedProjection } from '../../projections/folding/fold-store.js';
import { dropShadows, tablesOf } from '../../projections/folding/open-projections.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import { CatchUpFolds } from './catch-up-folds.js';
import type { FoldedRange } from './fold-range.js';

/** Events of one catch-up transaction, which commands wait for. */
const EVENTS_PER_CATCH_UP = 50;
/** Differences that are reported in full, per projection. */
const MAX_LISTED_DIFFERENCES = 10;
/** After this many catch-ups without a shorter lag, the swap folds the whole rest, however much it is. */
const MAX_STALLED_CATCH_UPS = 20;
/** How often a transaction is retried while other connections lock the tables. */
const MAX_SWAP_ATTEMPTS = 100;

export interface RebuildParts {
  log: EventLog;
  reader: StoreReader;
  decoder: EventDecoder;
  projections: readonly Projection[];
  clock: () => number;
  /** Folds all users into shadow tables, in any number of threads. Returns ranges in user-id order. */
  foldRanges: (compared: readonly string[], progress: (events: number) => void) => Promise<FoldedRange[]>;
  progress?: ((done: number, total: number) => void) | undefined;
}

export interface RebuildReport {
  events: number;
  /** Position up to which the new tables were folded when they became live. */
  position: number;
  /** Names of the projections whose tables were swapped. */
  swapped: string[];
  /** The projections that stopped, and why. Their tables are unchanged. */
  failed: StoppedProjection[];
  /** How live and new rows differed, for projections whose live rows had the current version. */
  differences: ProjectionDifferences[];
  ms: number;
}

/**
 * Folds the whole log into shadow tables beside the live ones, compares both, catches up with what was
 * appended since, and swaps them in one short transaction. Readers see the old tables until then. A
 * projection whose folds throw keeps its tables; the failure is recorded. Leaves nothing behind, unless the
 * process is killed: the next start or rebuild then drops the shadow tables.
 */
export async function rebuild(parts: RebuildParts): Promise<RebuildReport> {
  const { log, projections } = parts;
  await dropShadows(log, projections);
  try {
    return await fillAndSwap(parts);
  } finally {
    // The original error matters more than leftover tables, which the next start or rebuild drops.
    await dropShadows(log, projections).catch(() => undefined);
  }
}

async function fillAndSwap(parts: RebuildParts): Promise<RebuildReport> {
  const started = performance.now();
  const { log, reader, projections } = parts;
  await log.transaction(({ shadows }) => shadows.create(tablesOf(projections)));
  const compared = (await ofThisVersion(reader, projections)).map(({ name }) => name);
  const { position: total } = await reader.head();
  let folded = 0;
  const progress = (events: number) => {
    folded += events;
    parts.progress?.(folded, Math.max(total, folded));
  };
  const ranges = await parts.foldRanges(compared, progress);
  const folds = new CatchUpFolds(parts.decoder, await readSkips(reader));
  for (const { snapshots } of ranges) folds.addRanges(snapshots);
  const failed = firstFailures(ranges.flatMap((range) => range.failed));
  const complete = projections.filter(({ name }) => !failed.some(({ projection }) => projection === name));
  const caughtUp =
    complete.length > 0 ? await catchUpAndSwap(parts, folds, complete) : { position: 0, events: 0 };
  await recordFailures(parts, failed);
  if (complete.length > 0) await log.transaction(({ shadows }) => shadows.analyze(tablesOf(complete)));
  return {
    events: ranges.reduce((sum, { events }) => sum + events, caughtUp.events),
    position: caughtUp.position,
    swapped: complete.map(({ name }) => name),
    failed,
    differences: mergeDifferences(ranges.map(({ differences }) => differences)).filter(({ name }) =>
      complete.some((projection) => projection.name === name),
    ),
    ms: Math.round(performance.now() - started),
  };
}

/** The first event, by position, at which each projection stopped. */
function firstFailures(failed: readonly StoppedProjection[]): StoppedProjection[] {
  const byPosition = failed.toSorted((a, b) => a.position - b.position);
  return byPosition.filter(
    ({ projection }, i) => byPosition.findIndex((other) => other.projection === projection) === i,
  );
}

/** Merges the differences of all ranges, by projection. */
function mergeDifferences(ranges: readonly (readonly ProjectionDifferences[])[]): ProjectionDifferences[] {
  const byName = Map.groupBy(ranges.flat(), ({ name }) => name);
  return [...byName].map(([name, parts]) => ({
    name,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    differences: parts.reduce((sum, { differences }) => sum + differences, 0),
    firstDifferences: parts
      .flatMap(({ firstDifferences }) => firstDifferences)
      .slice(0, MAX_LISTED_DIFFERENCES),
  }));
}

/** The projections whose live rows the current version of the folds has made. */
async function ofThisVersion(reader: StoreReader, projections: readonly Projection[]): Promise<Projection[]> {
  const checkpoints = await allCheckpoints(reader);
  const { position: head } = await reader.head();
  return projections.filter((projection) => {
    const checkpoint = checkpoints.find((each) => each.projection === projection.name);
    return checkpoint !== undefined && isDeclaredVersion(statusOf(projection, checkpoint, head));
  });
}

/**
 * A user of many events whose past changes is folded beside the writer, also if that event comes last: then
 * the swap waits for another transaction.
 */
async function catchUpAndSwap(
  { log, reader }: Pick<RebuildParts, 'log' | 'reader'>,
  folds: CatchUpFolds,
  projections: readonly Projection[],
): Promise<{ position: number; events: number }> {
  let events = 0;
  let refusals = 0;
  let shortestLag = Infinity;
  let stalled = 0;
  let beside: StoredEvent | undefined;
  for (;;) {
    const before = folds.position;
    const lag = (await log.head()).position - folds.position;
    stalled = lag < shortestLag ? 0 : stalled + 1;
    shortestLag = Math.min(shortestLag, lag);
    const isLast = lag <= EVENTS_PER_CATCH_UP || stalled > MAX_STALLED_CATCH_UPS;
    try {
      if (beside) {
        await folds.foldBeside({ log, reader }, projections, beside);
        beside = undefined;
        events++;
        continue;
      }
      const folded = await log.transaction(async (transaction) => {
        const next = await folds.fold(
          transaction,
          projections,
          isLast ? transaction.head.position : EVENTS_PER_CATCH_UP,
        );
        if (isLast && !next.beside) await swap(transaction, projections);
        return next;
      });
      events += folded.events;
      beside = folded.beside;
      if (isLast && !beside) return { position: folds.position, events };
    } catch (error) {
      folds.position = before;
      // A long read holds the table, so try again. After any other error the commit may have happened.
      if (!(error instanceof DatabaseLocked) || ++refusals > MAX_SWAP_ATTEMPTS) throw error;
    }
  }
}

async function swap(transaction: LogTransaction, projections: readonly Projection[]): Promise<void> {
  await transaction.shadows.swap(tablesOf(projections));
  const { position } = transaction.head;
  await inBatch(transaction, (rows) => {
    for (const { name, version } of projections) {
      rows.put(checkpointsTable, { projection: name, version, position } satisfies CheckpointRow);
      rows.remove(failuresTable, name);
    }
  });
}

async function recordFailures(
  { log, clock }: RebuildParts,
  failed: readonly StoppedProjection[],
): Promise<void> {
  if (failed.length === 0) return;
  await log.transaction((transaction) =>
    inBatch(transaction, (rows) => {
      for (const { projection, position, eventId, cause } of failed) {
        rows.put(failuresTable, { projection, position, eventId, cause, failedAt: clock() });
      }
    }),
  );
}
