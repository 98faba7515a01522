import { hash } from 'node:crypto';
import { firstSpelling } from '../streams.js';
import type { StoredEvent } from './event-log.js';
import { dataDigest } from './event-seal.js';

/** The hash that the first event is chained to: 64 zeros. */
export const GENESIS = '0'.repeat(64);

/**
 * Returns the SHA-256 (FIPS 180-4) of the previous hash, the envelope and the digest of the stored data, as
 * 64 hex digits. A changed, missing or added event changes every later hash. The digest stays when the data
 * is erased, and the hash with it. For an event without a seal, as older releases wrote them, the stored data
 * itself enters, after a line break, which the envelope never has: so no event has both kinds of hash. The
 * stream id enters in its first spelling, which older releases stored.
 */
export function chainHash(previous: string, event: Omit<StoredEvent, 'hash' | 'streamKey'>): string {
  const digest = dataDigest(event);
  const fields = [
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
  ];
  if (digest !== null) return hash('sha256', JSON.stringify([...fields, digest]), 'hex');
  const envelope = JSON.stringify(fields);
  const content =
    typeof event.data === 'string'
      ? `${envelope}\n${event.data}`
      : Buffer.concat([Buffer.from(`${envelope}\n`), event.data]);
  return hash('sha256', content, 'hex');
}
