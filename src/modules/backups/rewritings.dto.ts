import { IsId } from '../../validation/fields.js';
import { FailureAnswer } from './backups.dto.js';

/** Path parameters of a route for one rewriting. */
export class RewritingPath {
  @IsId()
  rewritingId: string;
}

/** The answer to a started rewriting. */
export class RewritingBegun {
  rewritingId: string;
}

/** A file of the backup folder that was written again. */
export class RewrittenCopyAnswer {
  /** Name in the backup folder. */
  file: string;
  /** SHA-256 before. */
  previousSha256: string;
  sha256: string;
  /** The erasures whose users were in it. */
  erasureIds: string[];
}

/** A copy that could not be rewritten. */
export class UnreachedCopyAnswer {
  file: string;
  why: string;
}

/** A rewriting of the backups without erased users, by this process. */
export class RewritingAnswer {
  rewritingId: string;
  /** running, done, failed or cancelled. */
  state: string;
  /** Progress while it runs, of `total`, in files. */
  done: number;
  total: number;
  /** Erasures that the ledger beside the backups has; null until it has ended. */
  erasures: number | null;
  rewritten: RewrittenCopyAnswer[];
  unreached: UnreachedCopyAnswer[];
  error: FailureAnswer | null;
}
