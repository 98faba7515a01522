import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsInt, Min } from 'class-validator';
import { IsStoredId, IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The type of the event, which the engine and the log itself know. */
export const EVENTS_RETRACTED = 'events.retracted';

/** Most events that one retraction takes back, with all that they caused. */
export const MAX_RETRACTED = 10_000;

/** Longest reason of a retraction, in characters. */
export const MAX_REASON = 500;

/** What was taken back. The id of a retraction is that of its event. */
export class EventsRetracted {
  /** The ids of the events that are taken back, each once, by position. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_RETRACTED)
  @IsStoredId({ each: true })
  eventIds: string[];

  /** Their positions in the log that this event was written to first; an import may have moved them since. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_RETRACTED)
  @IsInt({ each: true })
  @Min(1, { each: true })
  positions: number[];

  @Nullable()
  @IsText(0, MAX_REASON)
  reason: string | null;

  /** Whether the data of the events is erased, too, so that nothing brings them back; absent if it is not. */
  @Optional()
  @IsBoolean()
  erases?: boolean;
}

/**
 * Events were taken back, with all that they caused: every state after this event is that of a log without
 * them.
 */
export const eventsRetracted = defineEvent({
  type: EVENTS_RETRACTED,
  version: 1,
  payload: EventsRetracted,
  upcasters: [],
});
