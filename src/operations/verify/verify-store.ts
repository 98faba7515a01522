import { setImmediate } from 'node:timers/promises';
import { DamagedDatabase } from '../../errors.js';
import type { FoldEvent } from '../../events/event.js';
import { erasureEpoch } from '../../events/log/erasure/last-erasure.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { receiptsTable, type SkipRow } from '../../events/log/log-tables.js';
import { allCheckpoints, allSkips, statusOf } from '../../projections/folding/checkpoints.js';
import { DigestedComparison, type ProjectionComparison } from '../../projections/folding/compare-rows.js';
import { foldStore, type StoppedProjection } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Projection } from '../../projections/projection.js';
import { whyOf } from '../../why.js';
import { VerifyIndexes } from './verify-indexes.js';
import { storageFindings, verifyLog, type Anchor, type Finding, type VerifiedLog } from './verify-log.js';
import { VerifyRetractions } from './verify-retractions.js';
import { VerifyStreams } from './verify-streams.js';

export interface VerifyReport extends VerifiedLog {
  ok: boolean;
  projections: ProjectionComparison[];
  /** Poison events: each stops its projection in a rebuild. */
  poison: StoppedProjection[];
  /** Events that projections leave out because an operator skipped them. */
  skipped: SkipRow[];
  ms: number;
}

export interface VerifyParts {
  reader: StoreReader;
  decoder: EventDecoder;
  projections: readonly Projection[];
  /** Positions of the log, with their hashes, that backups have recorded. */
  anchors?: readonly Anchor[] | undefined;
  progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Checks a whole store: the storage, the log's positions, versions, hashes and types, its streams and
 * receipts, each full-text index against its rows, and every projection against its folds. The store may be
 * written to during the check.
 */
export async function verifyStore(parts: VerifyParts): Promise<VerifyReport> {
  const started = performance.now();
  const storage = await storageFindings(parts.reader);
  const verified = await verifyContents(parts).catch((error: unknown) => {
    if (error instanceof DamagedDatabase)
      storage.push({ check: 'storage', what: `the database is damaged: ${whyOf(error.cause)}` });
    // Damaged storage cannot be read in full, so the damage itself is the report.
    if (storage.length === 0) throw error;
    return UNREADABLE_CONTENTS;
  });
  const findings = [...storage, ...verified.findings];
  const ok = findings.length === 0 && verified.projections.every(({ differences }) => differences === 0);
  return { ok, ...verified, findings, ms: Math.round(performance.now() - started) };
}

const UNREADABLE_CONTENTS = {
  position: 0,
  events: 0,
  chainHead: '',
  positionGaps: [],
  findings: [],
  projections: [],
  poison: [],
  skipped: [],
};

async function verifyContents(parts: VerifyParts): Promise<Omit<VerifyReport, 'ok' | 'ms'>> {
  const { reader, projections, anchors = [] } = parts;
  const decoder = cachingLast(parts.decoder);
  const head = await reader.head();
  let done = 0;
  const progress = (events: number) => {
    done += events;
    // The log is read twice: by position for the chain, by user for the folds.
    parts.progress?.(done, Math.max(2 * head.position, done));
  };
  const log = await verifyLog({ reader, head, anchors, progress });
  const streams = new VerifyStreams(decoder);
  const comparisons = projections.map(({ name, tables }) => new DigestedComparison(name, tables));
  const indexes = new VerifyIndexes(reader, projections);
  const retractions = new VerifyRetractions();
  const onEvent = (event: ScannedEvent) => {
    streams.takeEvent(event);
    retractions.takeEvent(event);
  };
  const poison = await foldStore({ reader, decoder, projections, onEvent }, async (folded) => {
    await streams.endSnapshot(reader, folded);
    await retractions.endSnapshot(reader, folded);
    for (const comparison of comparisons) await comparison.take(reader, folded);
    await indexes.take(folded);
    progress(folded.events);
    await setImmediate();
  });
  const findings: Finding[] = [
    ...log.findings,
    ...(await lostReceipts(reader, anchors)),
    ...streams.findings,
    ...retractions.findings,
    ...(await indexes.result()),
    ...poison.map(({ position, cause }) => ({ check: 'poison' as const, position, what: cause })),
    ...(await checkpointFindings(reader, projections)),
  ];
  return {
    ...log,
    findings,
    projections: comparisons.map((comparison) => comparison.result()),
    poison,
    skipped: await allSkips(reader),
  };
}

/**
 * Only an erasure removes receipts, so a store has at least as many as any anchor of its log recorded since
 * the last one.
 */
async function lostReceipts(reader: StoreReader, all: readonly Anchor[]): Promise<Finding[]> {
  const erased = await erasureEpoch((table, query) => reader.rows(table, query));
  const anchors = all.filter(({ position }) => position >= erased);
  const count = await reader.count(receiptsTable);
  const mostReceiptsFirst = anchors.toSorted((a, b) => (b.receipts ?? 0) - (a.receipts ?? 0));
  for (const { position, hash, source, receipts = 0 } of mostReceiptsFirst) {
    if (receipts <= count) return [];
    const [event] = await reader.events({ after: position - 1, limit: 1 });
    // The anchor belongs to another history, which may have had more receipts.
    if (event?.position !== position || event.hash !== hash) continue;
    const what = `the store has ${count} receipts of idempotency keys, ${source} has ${receipts}: a retried command would be executed again`;
    return [{ check: 'receipt', what }];
  }
  return [];
}

/** Caches the last decoded event, because the stream checks and the folds decode the same event in turn. */
function cachingLast(decoder: EventDecoder): Pick<EventDecoder, 'decodeScanned'> {
  let last: ScannedEvent | undefined;
  let event: FoldEvent | undefined;
  return {
    decodeScanned: (stored) => {
      if (stored !== last || !event) {
        event = undefined;
        event = decoder.decodeScanned(stored);
        last = stored;
      }
      return event;
    },
  };
}

function checkpointFindings(reader: StoreReader, projections: readonly Projection[]): Promise<Finding[]> {
  return reader.snapshot(async () => {
    const { position: head } = await reader.head();
    const checkpoints = await allCheckpoints(reader);
    return projections.flatMap((projection): Finding[] => {
      const { name, version } = projection;
      const at = checkpoints.find((each) => each.projection === name);
      if (statusOf(projection, at, head) === 'live') return [];
      const what = at
        ? `${name} has folded up to position ${at.position} with version ${at.version}; the log ends at ${head}, and its folds have version ${version}`
        : `${name} has never folded; the log ends at ${head}`;
      return [{ check: 'checkpoint', what }];
    });
  });
}
