import { MAX_REASON } from '../../events/retraction/events-retracted.event.js';
import { Describe, IsId, IsStoredId, IsText, Optional } from '../../validation/fields.js';

/** Path parameters of a route for one retraction. */
export class RetractionPath {
  @IsId()
  userId: string;

  @IsStoredId()
  retractionId: string;
}

/** Path parameters of the route that takes a turn back. */
export class RetractedTurnPath {
  @IsId()
  userId: string;

  @IsId()
  turnId: string;
}

/** Path parameters of the route that takes an observation back. */
export class RetractedObservationPath {
  @IsId()
  userId: string;

  @Describe('Id of the event `emotion.observed`, or its position.')
  @IsId()
  eventId: string;
}

/** A row that a retraction would change. */
export class ChangedRowAnswer {
  table: string;
  @Describe('The values of the key, the user first.')
  key: (string | number)[];
  @Describe('null where there is no row.')
  before: object | null;
  after: object | null;
}

/** What was taken back or, in a dry run, what would be. */
export class RetractedAnswer {
  @Describe('The id of the event that says so; null if nothing is written.')
  retractionId: string | null;

  @Describe('Position of the last event that was written; of a dry run: of its state, for expectedPosition.')
  position: number;

  @Describe(
    'The ids of the events that are taken back, by position, also those that another retraction takes back.',
  )
  retracted: string[];

  @Describe('Number of rows that change, by table.')
  changes: Record<string, number>;

  @Describe('Only of a dry run: the first 100 rows that would change,')
  rows?: ChangedRowAnswer[];

  @Describe('and how many more there are.')
  moreRows?: number;
}

/** What was restored. */
export class RestoredAnswer {
  retractionId: string;
  position: number;

  @Describe('The ids of the events of the retraction; those that another one takes back do not count yet.')
  restored: string[];

  @Describe('Number of rows that changed, by table.')
  changes: Record<string, number>;
}

/** The query of the route that undoes a retraction. */
export class RestoreEventsQuery {
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** A retraction. */
export class RetractionAnswer {
  retractionId: string;
  position: number;

  @Describe('When it was recorded, ISO 8601 UTC.')
  at: string;
  actor: string;
  reason: string | null;

  @Describe('Number of events that it takes back.')
  events: number;

  @Describe('Position of the event that undid it; null while it stands.')
  restoredAt: number | null;

  @Describe('Whether the retention policy has erased the data of its events: nothing undoes it.')
  erases: boolean;
}

/** A page of retractions, newest first. */
export class RetractionPageAnswer {
  items: RetractionAnswer[];
  nextCursor: string | null;
}
