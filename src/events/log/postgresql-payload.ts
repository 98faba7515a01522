import type { StoredData } from './event-codec.js';

/** Prefix of bytes stored as base64. Text that begins with a backslash (JSON never does) gets another one. */
const BYTES_PREFIX = '\\b64:';

/** Encodes text or bytes for a text column; text stays readable in psql. */
export function payloadText(data: StoredData): string {
  if (typeof data !== 'string') return BYTES_PREFIX + Buffer.from(data).toString('base64');
  return data.startsWith('\\') ? `\\${data}` : data;
}

/** Decodes what `payloadText` encoded. */
export function payloadFrom(text: string): StoredData {
  if (!text.startsWith('\\')) return text;
  return text.startsWith(BYTES_PREFIX)
    ? Buffer.from(text.slice(BYTES_PREFIX.length), 'base64')
    : text.slice(1);
}
