import { InvalidInput, Refused } from '../../errors.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import type { EventEnvelope } from '../../events/event.js';
import { whyOf } from '../../why.js';

// Why a replay is refused, each sentence once.

/** Whether the error is a fault of the fold, with which it fails again however often it is run. */
export function isFoldFault(error: unknown): boolean {
  return error instanceof InvalidInput && error.errors?.[0]?.path === '--fold';
}

/** The fold file, or what it exports, is not a fold. */
export function notAFold(file: string, what: string, cause?: unknown): InvalidInput {
  const message = `${file} ${what}`;
  return new InvalidInput('request.invalid', message, { cause, errors: [{ path: '--fold', message }] });
}

/** The fold did something wrong at an event. */
export function failedAt(
  fold: string,
  { position, eventId, type, streamId }: EventEnvelope & { type: string },
  what: string,
  cause?: unknown,
): InvalidInput {
  const message = `Fold ${fold} ${what} at position ${position}, event ${eventId} (${type} of ${streamId}).`;
  return new InvalidInput('request.invalid', message, {
    cause,
    errors: [{ path: '--fold', message }],
    extra: { position, eventId },
  });
}

/** The fold threw at an event. */
export function thrownAt(fold: string, event: StoreEvent, cause: unknown): InvalidInput {
  return failedAt(fold, event, `threw "${whyOf(cause)}"`, cause);
}

/** A row is not what its columns say. */
export function badRow(fold: string, key: string, what: string): InvalidInput {
  const message = `Fold ${fold}, row ${JSON.stringify(key)}: ${what}.`;
  return new InvalidInput('request.invalid', message, { errors: [{ path: '--fold', message }] });
}

/** The saved state belongs to another replay. */
export function otherReplay(file: string, what: string): Refused {
  return new Refused(
    'replay.other',
    `${file} belongs to another replay: ${what}. Replay without --resume to start again.`,
  );
}
