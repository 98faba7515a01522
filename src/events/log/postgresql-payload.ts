import type { StoredData } from './event-codec.js';

/** Before bytes, as base64; text that begins with a backslash, which no JSON does, gets another one. */
const BYTES = '\\b64:';

/** What a text column holds of data that may be text or bytes; text stays readable in psql. */
export function payloadText(data: StoredData): string {
  if (typeof data !== 'string') return BYTES + Buffer.from(data).toString('base64');
  return data.startsWith('\\') ? `\\${data}` : data;
}

/** The data again. */
export function payloadFrom(text: string): StoredData {
  if (!text.startsWith('\\')) return text;
  return text.startsWith(BYTES) ? Buffer.from(text.slice(BYTES.length), 'base64') : text.slice(1);
}
