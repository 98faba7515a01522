import { IsIn, IsInt, Max, Min } from 'class-validator';
import { EVENT_TYPES } from '../../events/event-catalog.js';
import { ANSWER_FORMATS, type AnswerFormat } from '../../http/answer-format.js';
import { IsId, IsListOf, IsTimeBound, Optional } from '../../validation/fields.js';
import { UserReadQuery } from '../user-read.dto.js';

const TYPE_NAMES = EVENT_TYPES.map(({ type }) => type);

/** Filters for one user's events. */
export class UserEventsQuery extends UserReadQuery {
  /**
   * Only events after this position; 0 when left out. A position after the head is refused with 409;
   * 9007199254740991 stands for the head.
   */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  /**
   * Maximum number of events; when left out, 100 for a page of JSON and all in every other format. A large
   * page ends earlier.
   */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(5_000)
  limit?: number;

  /** Only these types, separated by commas. */
  @Optional()
  @IsListOf(TYPE_NAMES)
  types?: string[];

  /** Only events that occurred at or after this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only events that occurred before this time: any RFC 3339 time, compared exactly. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /** The format of the answer; when left out, `Accept` decides. */
  @Optional()
  @IsIn(ANSWER_FORMATS)
  format?: AnswerFormat;
}

/** Filters for the log. */
export class EventsQuery extends UserEventsQuery {
  @Optional()
  @IsId()
  userId?: string;
}

/** Filters for the event stream. */
export class EventStreamQuery {
  /**
   * The stream starts after this position; 0 when left out. A position after the head is refused with 409;
   * 9007199254740991 stands for the head.
   */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  /** Only these types, separated by commas. */
  @Optional()
  @IsListOf(TYPE_NAMES)
  types?: string[];

  @Optional()
  @IsId()
  userId?: string;
}

/** One event of the log. */
export class EventAnswer {
  position: number;
  eventId: string;
  streamId: string;
  version: number;
  type: string;
  schemaVersion: number;
  userId: string;
  occurredAt: string;
  recordedAt: string;
  commandId: string;
  correlationId: string;
  causationId: string | null;
  actor: string;
  data: Record<string, unknown>;
}

/** A page of the log, ordered by position. */
export class EventPageAnswer {
  items: EventAnswer[];
  /**
   * Send this as `after` to get the next page, until it equals `head`: all matching events up to it were
   * returned.
   */
  nextAfter: number;
  /** Position of the log's last event. */
  head: number;
}
