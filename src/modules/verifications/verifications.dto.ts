import { IsId } from '../../validation/fields.js';
import { RowDifferenceAnswer } from '../row-differences.js';

/** Routes of one verification. */
export class VerificationPath {
  @IsId()
  verificationId: string;
}

/** A verification was begun. */
export class VerificationStarted {
  verificationId: string;
}

/** Positions that no event has, both included. */
export class PositionGapAnswer {
  from: number;
  to: number;
}

/** Something that is wrong. */
export class FindingAnswer {
  /** What was checked: storage, position-gap, hash, order, missing-end, anchor, doubled-id, receipt, stream, event, index, checkpoint or poison. */
  check: string;
  /** Of the event; null where it is not about one. */
  position: number | null;
  what: string;
}

/** A projection's rows against its folds. */
export class VerifiedProjection {
  name: string;
  rows: number;
  /** SHA-256 over the live rows, 64 hex digits. */
  digestLive: string;
  /** The same over what the folds make of the log. */
  digestFolded: string;
  differences: number;
  firstDifferences: RowDifferenceAnswer[];
}

/** An event that a projection leaves out because an operator said so. */
export class SkippedEvent {
  projection: string;
  eventId: string;
  position: number;
  cause: string;
  skippedAt: string;
}

/** How far a verification is, or what it found. */
export class VerificationAnswer {
  verificationId: string;
  /** One of running, done, failed, cancelled. */
  state: string;
  done: number;
  total: number;
  /** Null until it is done. */
  ok: boolean | null;
  events: number;
  position: number;
  /** Hash of the last event: the whole log's fingerprint. */
  chainHead: string | null;
  positionGaps: PositionGapAnswer[];
  findings: FindingAnswer[];
  projections: VerifiedProjection[];
  skipped: SkippedEvent[];
  ms: number | null;
  /** Why it could not be carried out. */
  error: string | null;
}
