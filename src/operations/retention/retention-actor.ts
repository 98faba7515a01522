/** The actor of events that retention writes. */
export const RETENTION_ACTOR = 'retention';
