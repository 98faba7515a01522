import { hash, randomFillSync } from 'node:crypto';
import type { StoredEvent } from './event-log.js';

// The seal of an event is what its hash needs besides its envelope. It has one of three forms:
// - null: the hash covers the data itself; releases before the seal wrote such events;
// - 32 hex digits: 16 random bytes, the salt; the hash covers the SHA-256 of salt and data;
// - 64 hex digits: that SHA-256. The event was erased, and neither salt nor data exist any more.

/** The data of an erased event. Data that an event type wrote is never empty: it is at least `{}`. */
export const ERASED_DATA = '';

const SALT_BYTES = 16;
/** 128 random bits make the digest of even the shortest data say nothing about it. */
const SALT_DIGITS = 2 * SALT_BYTES;

/** Random bytes, drawn in bulk: one system call serves many salts. */
const pool = Buffer.alloc(256 * SALT_BYTES);
let next = pool.length;

/** Returns a new salt: 32 hex digits. */
export function newSalt(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const salt = pool.toString('hex', next, next + SALT_BYTES);
  // A salt must not be found in memory once it is erased from the store.
  pool.fill(0, next, next + SALT_BYTES);
  next += SALT_BYTES;
  return salt;
}

type Sealed = Pick<StoredEvent, 'data' | 'seal'>;

/** Whether the event was erased: its data is gone. */
export function isErased({ data }: Pick<StoredEvent, 'data'>): boolean {
  return data.length === 0;
}

/**
 * Returns what the hash covers instead of the data: the SHA-256 of the salt's hex digits and the stored data,
 * as 64 hex digits; null if the hash covers the data itself.
 */
export function dataDigest({ data, seal = null }: Sealed): string | null {
  if (seal?.length !== SALT_DIGITS) return seal;
  return hash(
    'sha256',
    typeof data === 'string' ? seal + data : Buffer.concat([Buffer.from(seal), data]),
    'hex',
  );
}

/** Whether the event was erased and never had a seal: its hash cannot be computed any more. */
export function isUnproven(event: Sealed): boolean {
  return isErased(event) && !event.seal;
}

/** Returns the event without its data: its hash is still computed the same, if it has a seal. */
export function withoutData<Event extends Sealed>(event: Event): Event {
  return { ...event, data: ERASED_DATA, seal: dataDigest(event) };
}
