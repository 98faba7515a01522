import { IsArray, IsIn, IsInt, Max, Min } from 'class-validator';
import { EVENT_TYPES } from '../../events/event-catalog.js';
import { IsId, IsInstant, Optional } from '../../validation/fields.js';

const TYPE_NAMES = EVENT_TYPES.map(({ type }) => type);

/** Which part of one user's events. */
export class UserEventsQuery {
  /** Only events after this position; 0 when left out. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  /** How many at most; when left out 100 a page, and all as NDJSON. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(5_000)
  limit?: number;

  /** Only these types, separated by commas. */
  @Optional()
  @IsArray()
  @IsIn(TYPE_NAMES, { each: true })
  types?: string[];

  /** Only what occurred at or after this time. */
  @Optional()
  @IsInstant()
  from?: string;

  /** Only what occurred before this time. */
  @Optional()
  @IsInstant()
  to?: string;
}

/** Which part of the log. */
export class EventsQuery extends UserEventsQuery {
  @Optional()
  @IsId()
  userId?: string;
}

/** Which events to follow. */
export class EventStreamQuery {
  /** Begins after this position; 0 when left out. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  /** Only these types, separated by commas. */
  @Optional()
  @IsArray()
  @IsIn(TYPE_NAMES, { each: true })
  types?: string[];

  @Optional()
  @IsId()
  userId?: string;
}

/** An event. */
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

/** A page of the log, by position. */
export class EventPageAnswer {
  items: EventAnswer[];
  /** What to send as `after` for the next page: everything up to it has been answered. */
  nextAfter: number;
  /** Position of the log's last event. */
  head: number;
}
