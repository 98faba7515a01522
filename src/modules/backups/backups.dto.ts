import { IsId } from '../../validation/fields.js';

/** Routes of one backup. */
export class BackupPath {
  @IsId()
  backupId: string;
}

/** Routes of one drill. */
export class DrillPath {
  @IsId()
  drillId: string;
}

/** A backup has begun. */
export class BackupBegun {
  backupId: string;
}

/** A drill has begun. */
export class DrillBegun {
  drillId: string;
}

/** Why a piece of work failed. */
export class FailureAnswer {
  code: string;
  message: string;
}

/** A backup: one that runs or failed in this process, or one in the backup folder. */
export class BackupAnswer {
  backupId: string;
  /** running, done, failed or cancelled. */
  state: string;
  /** Its name in the backup folder; null while there is none. */
  file: string | null;
  /** Compressed. */
  bytes: number | null;
  sha256: string | null;
  /** Where its log ends. */
  position: number | null;
  events: number | null;
  /** When it was begun. */
  createdAt: string;
  /** It was read again, opened and compared after it was written. */
  verified: boolean;
  /** While it runs: how much of the work is done, in bytes or events. */
  done: number;
  total: number;
  error: FailureAnswer | null;
}

/** Every backup, newest first. */
export class BackupListAnswer {
  items: BackupAnswer[];
}

/** How long a part of the work took. */
export class StepAnswer {
  step: string;
  ms: number;
}

/** A projection after the restore, beside the backup's manifest. */
export class ComparedAnswer {
  name: string;
  rows: number;
  /** The manifest's digest. */
  manifest: string;
  /** Of the rows that were restored. */
  restored: string;
  equal: boolean;
}

/** What a drill has shown. */
export class DrillProofAnswer {
  /** The backup's file. */
  backup: string;
  backupCreatedAt: string;
  /** Segments that were replayed on it. */
  segments: number;
  /** Where the restored log ends. */
  position: number;
  /** Hash of its last event. */
  chainHead: string;
  /** When that was recorded. */
  recordedAt: string | null;
  events: number;
  receipts: number;
  /** Events that came from segments. */
  replayed: number;
  digests: ComparedAnswer[];
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
