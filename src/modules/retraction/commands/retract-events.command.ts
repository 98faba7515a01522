import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { InvalidInput } from '../../../errors.js';
import { MAX_REASON } from '../../../events/retraction/events-retracted.event.js';
import { profileStream } from '../../../events/streams.js';
import type { Selection } from '../../../operations/retraction/caused-events.js';
import type { RetractionTask } from '../../../operations/retraction/planned-retraction.js';
import { Describe, IsId, IsIdList, IsInstant, IsText, Optional } from '../../../validation/fields.js';
import { RetractingCommand } from '../../retracting-command.js';
import { timeRange } from '../../time-range.js';

/** What is taken back: by ids, or what was said in a session, a time, or both. */
export class RetractEventsBody {
  @Describe('These turns, with all that they caused.')
  @Optional()
  @IsIdList()
  turnIds?: string[];

  @Describe('All that was said in this session; with from or to, in that time only.')
  @Optional()
  @IsId()
  sessionId?: string;

  @Describe('Turns, emotions and memories that occurred at or after this time.')
  @Optional()
  @IsInstant()
  from?: string;

  @Describe('Turns, emotions and memories that occurred before this time.')
  @Optional()
  @IsInstant()
  to?: string;

  @Describe('These memories, with all that was done to them.')
  @Optional()
  @IsIdList()
  memoryIds?: string[];

  @Describe('These events, with all that they caused.')
  @Optional()
  @IsIdList()
  eventIds?: string[];

  @Describe('Recorded with the retraction.')
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;

  @Describe('true: nothing is written, and the answer says what would change.')
  @Optional()
  @IsBoolean()
  dryRun?: boolean;

  @Describe(
    'The position of a dry run: the retraction is refused if it would take back more than the dry run has shown.',
  )
  @Optional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  expectedPosition?: number;
}

/** Takes events back: every state from then on is that of a log without them. */
export class RetractEvents extends RetractingCommand<RetractEventsBody> {
  override get stream(): string {
    return profileStream(this.userId);
  }

  override task(): RetractionTask {
    if (this.input.dryRun) throw InvalidInput.field('dryRun', 'send a dry run alone, to its own route');
    checkSelection(this.input);
    return { retract: selectionOf(this.input) };
  }
}

/** What a request selects, with times in ms UTC. */
export function selectionOf({
  turnIds,
  memoryIds,
  eventIds,
  sessionId,
  from,
  to,
}: RetractEventsBody): Selection {
  return { turnIds, memoryIds, eventIds, sessionId, ...timeRange({ from, to }) };
}

/** Throws InvalidInput unless the selection is by ids, or by session and a time that does not end before it begins. */
export function checkSelection(body: RetractEventsBody): void {
  const { turnIds, memoryIds, eventIds, sessionId, from, to } = body;
  const byIds = turnIds ?? memoryIds ?? eventIds;
  const bySaid = sessionId ?? from ?? to;
  if (byIds === undefined && bySaid === undefined)
    throw InvalidInput.field('turnIds', 'send turnIds, memoryIds or eventIds, or sessionId, from or to');
  if (byIds !== undefined && bySaid !== undefined)
    throw InvalidInput.field('turnIds', 'send ids, or sessionId, from and to, but not both');
  timeRange({ from, to });
}
