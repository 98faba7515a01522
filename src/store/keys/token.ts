import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { AccessKeyRow } from '../../events/log/log-tables.js';

/** Bytes of the secret part of a token: 256 bits. */
const SECRET_BYTES = 32;
const ID_LENGTH = 12;
const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** By its beginning a token is recognised where it should not be, such as in a repository. */
const TOKEN = /^esk_([a-z0-9]{12})_[\w-]{43}$/;

/** What a store has of the tokens of a key. */
type KeptHashes = Pick<AccessKeyRow, 'hash' | 'formerHash' | 'formerUntil'>;

/** Makes the public part of a new key's tokens. */
export function newKeyId(): string {
  return Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}

/** Makes a token of a key: `esk_`, the key's public part, and 43 random characters (RFC 4648, base64url). */
export function newToken(keyId: string): string {
  return `esk_${keyId}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Returns the public part of a token; undefined for anything that is no token. */
export function keyIdOf(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

/**
 * SHA-256 of a token. Its secret is random, so that nobody finds it by trying, and no slow hash is needed.
 */
export function tokenHash(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Compares in constant time, so that nobody learns by timing how much of a token is right. */
export function isTokenOf(key: KeptHashes, token: string, now: number): boolean {
  const presented = tokenHash(token);
  if (timingSafeEqual(presented, key.hash)) return true;
  return (
    key.formerHash !== null && now < (key.formerUntil ?? 0) && timingSafeEqual(presented, key.formerHash)
  );
}
