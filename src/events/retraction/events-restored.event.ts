import { IsInt, Min } from 'class-validator';
import { IsStoredId, IsText, Nullable } from '../../validation/fields.js';
import { defineEvent } from '../event.js';
import { MAX_REASON } from './events-retracted.event.js';

/** The type of the event, which the engine and the log itself know. */
export const EVENTS_RESTORED = 'events.restored';

/** The retraction that is undone. */
export class EventsRestored {
  /** The id of its event. */
  @IsStoredId()
  retractionId: string;

  /** The position of its event in the log that this event was written to first; an import may have moved it. */
  @IsInt()
  @Min(1)
  retractedAt: number;

  @Nullable()
  @IsText(0, MAX_REASON)
  reason: string | null;
}

/** A retraction was undone: what it took back counts again, unless another retraction takes it back too. */
export const eventsRestored = defineEvent({
  type: EVENTS_RESTORED,
  version: 1,
  payload: EventsRestored,
  upcasters: [],
});
