import { isUtf8 } from 'node:buffer';
import { InvalidInput } from '../../errors.js';

const NOT_ASCII = /[\u0080-\u00ff]/;
const BEYOND_BYTES = /[\u0100-\uffff]/;

/**
 * Returns the text of a header value, whose bytes Node passes on as Latin-1. Most clients send UTF-8; some,
 * such as fetch, send Latin-1, which is hardly ever valid UTF-8 too; and Node's own client encodes UTF-8 once
 * more when the header leaves together with a text body. So the value is decoded as long as it can be.
 */
export function headerText(value: string): string {
  let text = value;
  while (NOT_ASCII.test(text) && !BEYOND_BYTES.test(text)) {
    const bytes = Buffer.from(text, 'latin1');
    if (!isUtf8(bytes)) break;
    text = bytes.toString();
  }
  return text;
}

/** Percent-encodes what a client sent as bytes, so that path and query are decoded as UTF-8. */
export function encodedUrl(url: string): string {
  if (!NOT_ASCII.test(url)) return url;
  return url.replaceAll(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Returns the refusal of a query string whose percent-encoding is not that of UTF-8. */
export function queryRefusal(url: string): InvalidInput | undefined {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return undefined;
  try {
    decodeURIComponent(url.slice(start + 1));
    return undefined;
  } catch (cause) {
    return InvalidInput.malformed('The query string is not percent-encoded UTF-8.', cause);
  }
}
