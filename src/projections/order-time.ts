/**
 * Returns the time that decides what came first and last: the earlier of `occurredAt` and `recordedAt`, ms
 * UTC. A client's clock that is ahead must not make its events the newest until the time has come.
 */
export function orderTime(event: { occurredAt: number; recordedAt: number }): number {
  return Math.min(event.occurredAt, event.recordedAt);
}
