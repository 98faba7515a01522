import { IsInt, Max, Min } from 'class-validator';
import { IsTimeBound, Optional } from '../../validation/fields.js';
import { ListQuery } from '../list-query.dto.js';

/** Which reads of a person are listed. */
export class PersonReadsQuery extends ListQuery {
  /** Only reads at or after this time. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only reads before this time. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /** Maximum number of reads; 50 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(200)
  override limit?: number;
}

/** A read: who, when, by which route; never what was read. */
export class PersonReadAnswer {
  at: string;
  /** Name of the key. */
  key: string;
  /** What the key might be used for. */
  scopes: string[];
  method: string;
  /** The pattern of the path. */
  route: string;
  /** HTTP status of the answer: 403 is a read that was refused. */
  status: number;
  /** The same as in the answer's `X-Correlation-Id` and in the access log. */
  requestId: string;
  /** Whether the request named this user; else it was about all of them, such as a report. */
  named: boolean;
}

/** A page of the reads of a person, the newest first. */
export class PersonReadPageAnswer {
  items: PersonReadAnswer[];
  nextCursor: string | null;
  /** Whether this service records reads now; see AUDIT_READS. */
  recording: boolean;
}
