import type { Retraction } from '../event-log.js';

/** What an event is marked with: the retraction that took it back. */
export interface MarkRow {
  /** Position of the event. */
  position: number;
  retraction: number;
  retractionId: string;
}

/** Greater than the position of any event: what stands now. */
export const NOW = Number.MAX_SAFE_INTEGER;

/**
 * Selects the marks of events, as of a position: `where` selects rows of `retracted_events`, `e`. An event
 * that several retractions took back has several rows.
 */
export const selectMarks = (where: string, asOf: string): string =>
  `select e.position, r.position as "retraction", r.retraction_id as "retractionId"
  from retracted_events e join retractions r on r.user_id = e.user_id and r.position = e.retraction
  where ${where} and r.position <= ${asOf} and (r.restored_at is null or r.restored_at > ${asOf})`;

/** The rows of `retracted_events` between two places in the order of user and position, both included. */
export const betweenPlaces = (place: readonly [string, string, string, string]): string =>
  `(e.user_id, e.position) >= (${place[0]}, ${place[1]}) and (e.user_id, e.position) <= (${place[2]}, ${place[3]})`;

/**
 * The first and the last event of a page in the order of user and position; a page of one user may be newest
 * first.
 */
export function endsByUser<E extends { userId: string; position: number }>(
  events: readonly E[],
): [first: E | undefined, last: E | undefined] {
  const [first, last] = [events[0], events.at(-1)];
  const isReversed = first?.userId === last?.userId && (first?.position ?? 0) > (last?.position ?? 0);
  return isReversed ? [last, first] : [first, last];
}

/** Returns the events of a page with their marks; of several, the first. */
export function withMarks<E extends { position: number }>(
  events: readonly E[],
  marks: readonly MarkRow[],
): (E & { retraction?: Retraction })[] {
  if (marks.length === 0) return [...events];
  const byPosition = new Map<number, MarkRow>();
  for (const mark of marks) {
    const known = byPosition.get(mark.position);
    if (!known || mark.retraction < known.retraction) byPosition.set(mark.position, mark);
  }
  return events.map((event) => {
    const mark = byPosition.get(event.position);
    if (!mark) return event;
    return { ...event, retraction: { retractionId: mark.retractionId, position: mark.retraction } };
  });
}
