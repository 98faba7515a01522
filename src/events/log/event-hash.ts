import { hash } from 'node:crypto';
import { firstSpelling } from '../streams.js';
import type { StoredEvent } from './event-log.js';

/** The hash that the first event is chained to: 64 zeros. */
export const GENESIS = '0'.repeat(64);

/**
 * Returns the SHA-256 (FIPS 180-4) of the previous hash, the envelope and the stored data, as 64 hex digits.
 * A changed, missing or added event changes every later hash. The input is the data as stored, so
 * verification needs no keys. The stream id enters in its first spelling, which older releases stored.
 */
export function chainHash(previous: string, event: Omit<StoredEvent, 'hash' | 'streamKey'>): string {
  const envelope = JSON.stringify([
    previous,
    event.position,
    event.eventId,
    event.userId,
    firstSpelling(event.userId, event.streamId),
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
