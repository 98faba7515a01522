import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { InvalidInput } from '../../errors.js';
import { parseJson } from '../../validation/exact-numbers.js';

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;
const UTF_8 = /^utf-?8$/i;

/** Accepts JSON in UTF-8 only; an empty body counts as no body. */
export function acceptJson(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, jsonBody(body as Buffer, request.headers['content-type']));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Parses a body; undefined for an empty one. Throws InvalidInput unless it is JSON in UTF-8. */
export function jsonBody(bytes: Buffer, contentType = 'application/json'): unknown {
  const charset = CHARSET.exec(contentType)?.[1];
  if (charset !== undefined && !UTF_8.test(charset))
    throw InvalidInput.malformed('Send the body in UTF-8; no other charset is accepted.');
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw InvalidInput.malformed('The body is not valid UTF-8.');
  try {
    return parseJson(bytes.toString());
  } catch (cause) {
    throw InvalidInput.malformed('The body is not valid JSON.', cause);
  }
}
