import { IsId } from '../../validation/fields.js';
import { RowDifferenceAnswer } from '../row-differences.js';

/** Path parameters of a route for one verification. */
export class VerificationPath {
  @IsId()
  verificationId: string;
}

/** The answer to a started verification. */
export class VerificationStarted {
  verificationId: string;
}

/** A range of positions without events; both ends are part of it. */
export class PositionGapAnswer {
  from: number;
  to: number;
}

/** Something wrong in the store. */
export class FindingAnswer {
  /**
   * The check that failed: storage, position-gap, hash, order, missing-end, anchor, doubled-id, receipt,
   * stream, event, index, checkpoint or poison.
   */
  check: string;
  /** Position of the event; null when the finding is not about one event. */
  position: number | null;
  what: string;
}

/** The rows of a projection compared with what its folds make of the log. */
export class VerifiedProjection {
  name: string;
  rows: number;
  /** SHA-256 of the live rows, 64 hex digits. */
  digestLive: string;
  /** SHA-256 of the rows folded from the log, 64 hex digits. */
  digestFolded: string;
  differences: number;
  firstDifferences: RowDifferenceAnswer[];
}

/** An event that a projection skips because an operator decided so. */
export class SkippedEvent {
  projection: string;
  eventId: string;
  position: number;
  cause: string;
  skippedAt: string;
}

/** A verification: its progress or its findings. */
export class VerificationAnswer {
  verificationId: string;
  /** One of running, done, failed, cancelled. */
  state: string;
  done: number;
  total: number;
  /** Whether nothing is wrong; null until the verification is done. */
  ok: boolean | null;
  events: number;
  position: number;
  /** Hash of the last event, which is the fingerprint of the whole log. */
  chainHead: string | null;
  positionGaps: PositionGapAnswer[];
  findings: FindingAnswer[];
  projections: VerifiedProjection[];
  skipped: SkippedEvent[];
  ms: number | null;
  /** Why the verification itself failed. */
  error: string | null;
  /** Code of that error, for programs. */
  errorCode: string | null;
}
