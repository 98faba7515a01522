import { EventDecoder } from '../../events/log/event-decoder.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { endText, givenUpEnds, readMark } from '../../store/store-marks.js';
import { unfinishedIn, unfinishedText } from '../../store/unfinished.js';
import type { Progress } from '../job-context.js';
import { shortHash } from '../shipping/segments.js';
import type { Anchor, Finding } from '../verify/verify-log.js';
import { verifyStore, type VerifyReport } from '../verify/verify-store.js';
import { findLoss } from './find-loss.js';
import { lossText } from './loss-errors.js';
import { endsBeside } from './loss-watch.js';

export interface VerificationInput {
  address: DatabaseAddress;
  anchors: Anchor[];
  /** The backup folder. */
  folder: string;
}

/** Verifies a store, and compares its log with the head file, segments and manifests. */
export function verifyWithBackups(
  { address, anchors, folder }: VerificationInput,
  progress: Progress,
): Promise<VerifyReport> {
  return readStore(address, async (reader) => {
    const report = await verifyStore({
      reader,
      decoder: new EventDecoder(),
      projections: PROJECTIONS,
      anchors: await withoutGivenUp(reader, anchors),
      progress,
    });
    // What is missing from a damaged file cannot be told apart from what cannot be read.
    if (report.findings.some(({ check }) => check === 'storage')) return report;
    const findings = [
      ...(await unfinishedWork(reader)),
      ...report.findings,
      ...(await lostEvents(reader, folder, address)),
    ];
    return { ...report, findings, ok: report.ok && findings.length === 0 };
  });
}

async function unfinishedWork(reader: StoreReader): Promise<Finding[]> {
  const unfinished = await unfinishedIn(reader);
  return unfinished ? [{ check: 'unfinished', what: unfinishedText(unfinished) }] : [];
}

async function lostEvents(reader: StoreReader, folder: string, address: DatabaseAddress): Promise<Finding[]> {
  const loss = await findLoss({ reader, folder, others: endsBeside(address) });
  return loss ? [{ check: 'lost-events', position: loss.keptUpTo + 1, what: lossText(loss) }] : [];
}

/**
 * Leaves out the anchors of a past that was given up. Since that is recorded, no other anchor is excused by
 * its time.
 */
async function withoutGivenUp(reader: StoreReader, anchors: readonly Anchor[]): Promise<Anchor[]> {
  const givenUp = await givenUpEnds(reader);
  const since = (await readMark(reader, 'records-given-up-ends'))?.markedAt ?? Infinity;
  return anchors
    .filter(({ position, hash }) => !givenUp.has(endText({ position, hash: shortHash(hash) })))
    .map((anchor) => ((anchor.takenAt ?? 0) >= since ? { ...anchor, takenAt: undefined } : anchor));
}
