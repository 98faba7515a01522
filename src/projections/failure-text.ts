import type { FailureRow } from '../events/log/log-tables.js';

/** Where a projection stopped, and why. */
export function failureText({
  position,
  eventId,
  cause,
}: Omit<FailureRow, 'projection' | 'failedAt'>): string {
  return `It stopped at position ${position}, event ${eventId}: ${cause}`;
}
