import { NotFound, Refused, type FieldError } from '../../errors.js';
import type { Selection } from '../../operations/retraction/caused-events.js';
import type { RetractEventsBody } from './commands/retract-events.command.js';

/** Throws NotFound for what was selected by an id that no event of the user has. */
export function checkKnown(unknown: Selection, asked: RetractEventsBody): void {
  const { turnIds = [], memoryIds = [], eventIds = [], sessionId } = unknown;
  if (sessionId !== undefined) throw NotFound.session(sessionId);
  const paths = (field: 'turnIds' | 'memoryIds' | 'eventIds', ids: readonly string[]): FieldError[] =>
    ids.map((id) => ({ path: `${field}.${asked[field]?.indexOf(id)}`, message: id }));
  if (turnIds.length > 0)
    throw new NotFound('turn.not-found', `Unknown turn ids: ${turnIds.length}.`, {
      errors: paths('turnIds', turnIds),
    });
  if (memoryIds.length > 0) throw NotFound.memories(paths('memoryIds', memoryIds));
  if (eventIds.length > 0)
    throw new NotFound('event.not-found', `Unknown event ids: ${eventIds.length}.`, {
      errors: paths('eventIds', eventIds),
    });
}

/** The retraction would take back more than its dry run has shown. */
export function outdated(expectedPosition: number, position: number): Refused {
  return new Refused(
    'retraction.outdated',
    `Since position ${expectedPosition} more has happened that would be taken back, last at position ${position}; do the dry run again.`,
    { extra: { position } },
  );
}

/** The user has no retraction with the id. */
export function retractionUnknown(retractionId: string): NotFound {
  return new NotFound('retraction.not-found', `No retraction ${retractionId} for this user.`);
}

/** The data of what the retraction took back is erased. */
export function erasedForGood(retractionId: string): Refused {
  return new Refused(
    'retraction.erased',
    `The events of retraction ${retractionId}, or some of them, are erased by the retention policy; nothing brings them back.`,
  );
}

/** What the retraction took back was recorded again otherwise: both would count. */
export function replaced(retractionId: string, by: readonly string[]): Refused {
  return new Refused(
    'retraction.replaced',
    `Retraction ${retractionId} corrected what was recorded again in event ${by[0]}; correct it once more, or take that event back first.`,
    { extra: { replacedBy: by } },
  );
}
