import { IsBoolean } from 'class-validator';
import { Describe, IsId, Optional } from '../../validation/fields.js';

/** Path parameters of a route for one run of retention. */
export class RetentionPath {
  @IsId()
  retentionId: string;
}

/** How retention is started. */
export class StartRetentionBody {
  @Describe('true: nothing is erased, and the run says what would be.')
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

/** The answer to a started run. */
export class RetentionBegun {
  retentionId: string;
}

/** How many days what is kept; null: for ever. */
export class RetentionPolicyAnswer {
  turns: number | null;
  emotions: number | null;
  @Describe('By type; a type that is left out is kept for ever.')
  memories: Record<string, number> | null;
  @Describe('What was taken back or forgotten, since then.')
  removed: number | null;
  @Describe('Users without any event, who are erased whole.')
  users: number | null;
}

/** What a run has erased, in numbers. */
export class RetentionCountsAnswer {
  @Describe('Events of persons who stay, by the rule that chose them.')
  rules: Record<string, number>;
  events: number;
  @Describe('How many memories are among them.')
  memories: number;
  @Describe('How many users lost events.')
  users: number;
  @Describe('How many users were erased whole.')
  erasedUsers: number;
  @Describe('Events that are too old, and stay because they were written by a release before seals.')
  unsealed: number;
  @Describe('Users who were written to so often that they are left to the next run.')
  leftOut: number;
  ms: number;
}

/** The last run that has ended, of whichever process. */
export class LastRetentionAnswer extends RetentionCountsAnswer {
  @Describe('When it ended, ISO 8601 UTC.')
  at: string;
}

/** The policy, and when it was and will be applied. */
export class RetentionAnswer {
  policy: RetentionPolicyAnswer;
  @Describe('Cron expression, UTC; null if nothing is scheduled for this store alone.')
  schedule: string | null;
  @Describe('ISO 8601 UTC; null if nothing is scheduled.')
  nextRun: string | null;
  lastRun: LastRetentionAnswer | null;
}

/** What of one user is old, in numbers. */
export class ExpiredUserAnswer {
  userId: string;
  events: number;
  memories: number;
  rules: Record<string, number>;
}

/** What a run has erased, or would erase. */
export class RetentionReportAnswer extends RetentionCountsAnswer {
  @Describe('The first 100 users who lose events, by id.')
  listed: ExpiredUserAnswer[];
  @Describe('The first 100 users who are erased whole, by id.')
  listedErased: string[];
}

/** Why a run failed. */
export class RetentionFailureAnswer {
  code: string;
  message: string;
}

/** A run of this process: its progress, or what it has done. */
export class RetentionRunAnswer {
  retentionId: string;
  /** running, done, failed or cancelled. */
  state: string;
  @Describe('Progress while it runs, of total: in events that are looked through, then in users.')
  done: number;
  total: number;
  isDryRun: boolean | null;
  report: RetentionReportAnswer | null;
  error: RetentionFailureAnswer | null;
}
