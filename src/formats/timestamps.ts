/** Returns an instant, given in ms since 1970 UTC or as ISO 8601, as ISO 8601 in UTC. */
export function isoTime(instant: unknown): string {
  return typeof instant === 'number' ? new Date(instant).toISOString() : String(instant);
}

/** Returns an instant, given in ms since 1970 UTC or as ISO 8601, in ms since 1970 UTC. */
export function msTime(instant: unknown): number {
  return typeof instant === 'number' ? instant : Date.parse(String(instant));
}
