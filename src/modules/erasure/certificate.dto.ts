import { IsIn } from 'class-validator';
import { Describe, IsId, Optional } from '../../validation/fields.js';
import { ListQuery } from '../list-query.dto.js';

/** Path parameters of a route for one erasure. */
export class ErasurePath {
  @IsId()
  erasureId: string;
}

/** How a certificate is read. */
export class ErasureQuery {
  @Describe(
    "`true`: verifies now that nothing is left, and that the user's events have the places in the chain that they had. It looks at no more than 200,000 events, for 20 seconds at most.",
  )
  @Optional()
  @IsIn(['true', 'false'])
  verify?: 'true' | 'false';
}

/** Which erasures are listed. */
export class ListErasuresQuery extends ListQuery {
  @Describe('Only the erasures of this id.')
  @Optional()
  @IsId()
  userId?: string;
}

/** A place in the log, with the hash of the event there. */
export class ChainPointAnswer {
  position: number;
  /** SHA-256, 64 hex digits. */
  hash: string;
}

/** What an erasure has removed: counts only. */
export class RemovedAnswer {
  /** Events whose data is gone. */
  events: number;
  /** Stored answers for retries. */
  receipts: number;
  /** Rows of projections, by table; a table without any is left out. */
  rows: Record<string, number>;
}

/** What a verification of one erasure found. */
export class ErasureVerificationAnswer {
  /** Nothing is wrong, and all was looked at. */
  ok: boolean;
  /** Events of the user whose hash was computed again. */
  events: number;
  /** Whether all of them were looked at within the bounds. */
  complete: boolean;
  /** How much is wrong. */
  problems: number;
  /** The first of it, one sentence each, at most 20. */
  findings: string[];
}

/** A file of the backup folder that had the person and was rewritten without. */
export class RewrittenFileAnswer {
  /** Name in the backup folder. */
  file: string;
  /** SHA-256 of the file before, 64 hex digits. */
  previousSha256: string;
  /** SHA-256 of the file after. A later erasure may have rewritten it again. */
  sha256: string;
  rewrittenAt: string;
}

/** A file of the backup folder that may have the person still. */
export class HoldingFileAnswer {
  /** Name in the backup folder. */
  file: string;
  /** Why it cannot be rewritten; null if it is about to be, or to be removed. */
  why: string | null;
}

/** What became of the copies in the backup folder. */
export class CertifiedCopiesAnswer {
  /** By name. Retention may have removed some of them since. */
  rewritten: RewrittenFileAnswer[];
  stillHolding: HoldingFileAnswer[];
  /** Why it cannot be told which files have the person; null if it can. */
  unknown: string | null;
}

/** The certificate of an erasure: nothing of what was erased. */
export class ErasureAnswer {
  erasureId: string;
  userId: string;
  /** Position of the event: everything of the user before it is erased. */
  position: number;
  erasedAt: string;
  /** Who erased. */
  actor: string;
  /**
   * `erasing` until the last of it is gone in the store; `copies-pending` while files of the backup folder may
   * have the person and are about to be rewritten or removed; `copies-unreachable` if some of them cannot be;
   * then `done`.
   */
  state: 'erasing' | 'copies-pending' | 'copies-unreachable' | 'done';
  /** When the last of it was gone in the store; null before, and for erasures of a release that did not keep it. */
  endedAt: string | null;
  /** How many events it erases, as counted when it began. */
  events: number;
  /** What was removed so far; null for erasures of a release that did not count. */
  removed: RemovedAnswer | null;
  /** The end of the log before the erasure, and the event of the erasure. Both hashes stay as they are. */
  chain: { before: ChainPointAnswer; after: ChainPointAnswer };
  /** Position after which the id is a new user's; null as long as nobody has it. */
  reopened: number | null;
  /** The copies in the backup folder, null if there is no folder; only in the certificate of one erasure. */
  copies?: CertifiedCopiesAnswer | null;
  /** Only with `verify=true`. */
  verification?: ErasureVerificationAnswer;
}

/** A page of erasures, newest first. */
export class ErasurePageAnswer {
  items: ErasureAnswer[];
  nextCursor: string | null;
}
