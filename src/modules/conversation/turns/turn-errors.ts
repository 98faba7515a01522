import { NotFound } from '../../../errors.js';

/** There is no such turn of this user, or it was taken back: then the error names the retraction. */
export function turnUnknown(turnId: string, retracted?: { by: string; at: number }): NotFound {
  if (!retracted) return new NotFound('turn.not-found', `No turn ${turnId} for this user.`);
  const { by: retractionId, at: retractedAt } = retracted;
  return new NotFound('turn.not-found', `Turn ${turnId} was taken back by retraction ${retractionId}.`, {
    extra: { retractionId, retractedAt },
  });
}
