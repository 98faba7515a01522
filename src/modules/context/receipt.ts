import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { InvalidInput } from '../../errors.js';
import { ID_PATTERN } from '../../validation/fields.js';
import { CONTEXT_FORMATS, type ContextFormat } from './context-format.js';

/** What a context was asked for: with its position and its policy, this decides every byte. */
export interface ContextParameters {
  /** Empty for none. */
  q: string;
  /** Null for the current session. */
  sessionId: string | null;
  maxTokens: number;
  format: ContextFormat;
}

/** What the id of a receipt says. */
export interface ReceiptContent extends ContextParameters {
  /** The UUID of the store, in its first characters. */
  store: string;
  userId: string;
  position: number;
  policyVersion: string;
  /** The first characters of the SHA-256 of the context. */
  sha256: string;
  /** Number of the ranking that chose the memories. */
  ranking: number;
}

/** First character of an id; another one for another layout. */
const LAYOUT = 'c';
/** Bytes of the checksum: a changed id passes once in 2^96 attempts. */
const CHECKSUM_BYTES = 12;
/** More than any content has. */
const MAX_BYTES = 65_536;
const STORE_LENGTH = 8;
const SHA256_LENGTH = 16;
/** The ranking of ids that do not say theirs, as all before the second one. */
const FIRST_RANKING = 1;

/** What of a store's UUID a receipt has. */
export function storeMark(storeId: string): string {
  return storeId.slice(0, STORE_LENGTH);
}

/** What of a context's SHA-256 a receipt has. */
export function contentMark(sha256: string): string {
  return sha256.slice(0, SHA256_LENGTH);
}

/**
 * Returns an id that says all that is needed to render the context again, so that nothing has to be written
 * when it is read. The checksum finds changes. It needs no secret: a forged id asks for a context that the
 * request may ask for anyway.
 */
export function receiptIdOf(content: ReceiptContent): string {
  const { store, userId, position, policyVersion, sha256, q, sessionId, maxTokens, format, ranking } =
    content;
  const fields = [store, userId, position, policyVersion, sha256, q, sessionId, maxTokens, format, ranking];
  const packed = deflateRawSync(JSON.stringify(fields), { level: 9 });
  return LAYOUT + Buffer.concat([checksumOf(packed), packed]).toString('base64url');
}

/** Returns what an id says. Throws InvalidInput for anything that `receiptIdOf` did not return. */
export function readReceiptId(receiptId: string): ReceiptContent {
  const bytes = Buffer.from(receiptId.slice(1), 'base64url');
  const packed = bytes.subarray(CHECKSUM_BYTES);
  const isWhole =
    // Compared as text, so that there is one spelling only.
    LAYOUT + bytes.toString('base64url') === receiptId &&
    bytes.subarray(0, CHECKSUM_BYTES).equals(checksumOf(packed));
  const content = isWhole ? contentOf(packed) : undefined;
  if (content) return content;
  throw InvalidInput.field('receiptId', 'must be the receiptId of a context, unchanged');
}

function checksumOf(packed: Uint8Array): Buffer {
  return hash('sha256', packed, 'buffer').subarray(0, CHECKSUM_BYTES);
}

function contentOf(packed: Uint8Array): ReceiptContent | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(inflateRawSync(packed, { maxOutputLength: MAX_BYTES }).toString());
  } catch {
    return undefined;
  }
  if (!isContent(fields)) return undefined;
  const [
    store,
    userId,
    position,
    policyVersion,
    sha256,
    q,
    sessionId,
    maxTokens,
    format,
    ranking = FIRST_RANKING,
  ] = fields;
  return { store, userId, position, policyVersion, sha256, q, sessionId, maxTokens, format, ranking };
}

type Fields = [string, string, number, string, string, string, string | null, number, ContextFormat, number?];

function isContent(fields: unknown): fields is Fields {
  if (!Array.isArray(fields) || fields.length < 9 || fields.length > 10) return false;
  const [store, userId, position, policyVersion, sha256, q, sessionId, maxTokens, format, ranking] =
    fields as unknown[];
  return (
    [store, policyVersion, sha256, q].every((text) => typeof text === 'string' && text.isWellFormed()) &&
    isId(userId) &&
    (sessionId === null || isId(sessionId)) &&
    [position, maxTokens, ranking ?? FIRST_RANKING].every(
      (number) => Number.isSafeInteger(number) && (number as number) >= 0,
    ) &&
    CONTEXT_FORMATS.includes(format as ContextFormat)
  );
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}
