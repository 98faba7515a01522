import { NotFound } from '../../../errors.js';

/** There is no such observation of this user, or it was taken back: then the error names the retraction. */
export function observationUnknown(eventId: string, retracted?: { by: string; at: number }): NotFound {
  if (!retracted)
    return new NotFound('observation.not-found', `No observed emotion ${eventId} for this user.`);
  const { by: retractionId, at: retractedAt } = retracted;
  return new NotFound(
    'observation.not-found',
    `The observed emotion ${eventId} was taken back by retraction ${retractionId}.`,
    { extra: { retractionId, retractedAt } },
  );
}
