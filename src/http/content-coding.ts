import { pipeline, Readable, type Transform, type Writable } from 'node:stream';
// A default import: on an older Node.js a missing named export would fail before the check of its version.
import zlib from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { weightedChoices } from './weighted-choices.js';

const { constants } = zlib;

/**
 * The content codings, the preferred first. Each flushes what it was given, so that what a slow answer has
 * sent arrives at once, and has a small window (256 KiB at most), since many answers may be open.
 */
const ENCODERS = {
  zstd: () =>
    zlib.createZstdCompress({
      flush: constants.ZSTD_e_flush,
      params: { [constants.ZSTD_c_windowLog]: 18, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
  br: () =>
    zlib.createBrotliCompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 18 },
    }),
  // The default level takes almost three times as long for a seventh less.
  gzip: () => zlib.createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH }),
} satisfies Record<string, () => Transform>;

/** A content coding of an answer; `identity` is none. */
export type ContentCoding = keyof typeof ENCODERS | 'identity';

/**
 * Returns the coding that an `Accept-Encoding` header prefers. Each coding of an answer is another
 * representation with other bytes: a strong ETag must differ by it (RFC 9110, 8.8.3.3).
 */
export function contentCoding(acceptEncoding: string | undefined): ContentCoding {
  const weights = weightedChoices(acceptEncoding ?? '');
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const codings = Object.keys(ENCODERS) as (keyof typeof ENCODERS)[];
  const [best] = codings.toSorted((a, b) => weightOf(b) - weightOf(a));
  if (best === undefined || weightOf(best) === 0) return 'identity';
  return weightOf(best) < (weights.get('identity') ?? 0) ? 'identity' : best;
}

/**
 * Sends the body in the coding, and returns the stream into which it is piped. If it fails, the connection is
 * cut, and its coded form does not end either.
 */
export function sendEncoded(reply: FastifyReply, body: Readable | Buffer, coding: ContentCoding): Writable {
  if (coding === 'identity') {
    void reply.send(body);
    return reply.raw;
  }
  void reply.header('content-encoding', coding);
  const encoder = ENCODERS[coding]();
  // A failure of the body destroys the encoder, and with it the answer.
  const source = Buffer.isBuffer(body) ? Readable.from(body) : body;
  void reply.send(pipeline(source, encoder, () => undefined));
  return encoder;
}
