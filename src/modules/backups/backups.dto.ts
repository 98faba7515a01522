import { IsId } from '../../validation/fields.js';

/** Path parameters of a route for one backup. */
export class BackupPath {
  @IsId()
  backupId: string;
}

/** Path parameters of a route for one drill. */
export class DrillPath {
  @IsId()
  drillId: string;
}

/** The answer to a started backup. */
export class BackupBegun {
  backupId: string;
}

/** The answer to a started drill. */
export class DrillBegun {
  drillId: string;
}

/** Why a backup or drill failed. */
export class FailureAnswer {
  code: string;
  message: string;
}

/** A backup in the backup folder, or one that is running, failed or cancelled in this process. */
export class BackupAnswer {
  backupId: string;
  /** running, done, failed or cancelled. */
  state: string;
  /** The store that was backed up; null while it runs, and for a backup of an older release. */
  storeId: string | null;
  /** Name of the file in the backup folder; null until it exists. */
  file: string | null;
  /** Compressed size. */
  bytes: number | null;
  sha256: string | null;
  /** Position of the last event in the backup. */
  position: number | null;
  events: number | null;
  /** When the backup was started. */
  createdAt: string;
  /** Whether the backup was read back, opened and compared after it was written. */
  verified: boolean;
  /** Progress while it runs, of `total`: in bytes or events. */
  done: number;
  total: number;
  error: FailureAnswer | null;
}

/** How the log is shipped to the backup folder. */
export class ShippingAnswer {
  /** Position up to which this process has shipped the log; null before its first pass. */
  position: number | null;
  error: string | null;
}

/** The last restore drill, of whichever process. */
export class LastDrillAnswer {
  ok: boolean;
  at: string;
  lastSuccessAt: string | null;
}

/** A copy that may have users who were erased. */
export class HoldingCopyAnswer {
  /** Name in the backup folder. */
  file: string;
  /** The erased users that it may have. */
  userIds: string[];
  /** Why it was not rewritten; null if it is about to be, or to be removed. */
  why: string | null;
}

/** All backups, newest first, and whether they can be relied on. */
export class BackupListAnswer {
  items: BackupAnswer[];
  /** Why the last backup failed, if none succeeded since; else what is wrong in the folder. */
  backupError: string | null;
  /** Null if backups are not continuous. */
  shipping: ShippingAnswer | null;
  lastDrill: LastDrillAnswer | null;
  drillError: string | null;
  /** Copies that may still have erased users; empty once all are rewritten. */
  stillHolding: HoldingCopyAnswer[];
  /** Files in the data folder with what the store was before a restore or a reset: nothing rewrites them. */
  keptAside: string[];
}

/** How long one step of a drill took. */
export class StepAnswer {
  step: string;
  ms: number;
}

/** A restored projection compared with the backup's manifest. */
export class ComparedAnswer {
  name: string;
  rows: number;
  /** Digest in the manifest. */
  manifest: string;
  /** Digest of the restored rows. */
  restored: string;
  equal: boolean;
}

/** A projection whose rows were folded again. */
export class RefoldedProjectionAnswer {
  name: string;
  /** Number of rows that differed from what the log yields. */
  differences: number;
}

/** What in the backup was not what its log yields, and was folded again. */
export class RefoldedAnswer {
  projections: RefoldedProjectionAnswer[];
  /** What was wrong beside the rows, such as a full-text index that lacks words. */
  findings: string[];
}

/** The proof that a drill has delivered. */
export class DrillProofAnswer {
  /** Name of the backup's file. */
  backup: string;
  backupCreatedAt: string;
  /** Number of log segments replayed on top of the backup. */
  segments: number;
  /** Position of the last restored event. */
  position: number;
  /** Hash of the last restored event. */
  chainHead: string;
  /** When the last restored event was recorded. */
  recordedAt: string | null;
  events: number;
  receipts: number;
  /** Number of events that came from segments. */
  replayed: number;
  /** Erasures that its log had not, and that were repeated at its end. */
  erasedAgain: number;
  digests: ComparedAnswer[];
  /** Null if nothing had to be folded again. */
  refolded: RefoldedAnswer | null;
  steps: StepAnswer[];
  ms: number;
}

/** A drill of this process. */
export class DrillAnswer {
  drillId: string;
  /** running, done, failed or cancelled. */
  state: string;
  done: number;
  total: number;
  proof: DrillProofAnswer | null;
  error: FailureAnswer | null;
}
