import { hash } from 'node:crypto';
import type { StoredEvent } from './event-log.js';

/** The hash before the first event. */
export const GENESIS = '0'.repeat(64);

/**
 * SHA-256 (FIPS 180-4), as 64 hex digits, over the hash before, the envelope and the stored data: a changed,
 * missing or added event changes every hash after it. Taken over stored bytes, so that it can be checked without keys.
 */
export function chainHash(previous: string, event: Omit<StoredEvent, 'hash' | 'streamKey'>): string {
  const envelope = JSON.stringify([
    previous,
    event.position,
    event.eventId,
    event.userId,
    event.streamId,
    event.version,
    event.type,
    event.schemaVersion,
    event.occurredAt,
    event.utcOffset,
    event.recordedAt,
    event.commandId,
    event.correlationId,
    event.causationId,
    event.actor,
  ]);
  const content =
    typeof event.data === 'string'
      ? `${envelope}\n${event.data}`
      : Buffer.concat([Buffer.from(`${envelope}\n`), event.data]);
  return hash('sha256', content, 'hex');
}
