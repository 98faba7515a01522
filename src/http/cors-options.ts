import type { FastifyCorsOptions, FastifyCorsOptionsDelegate } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';

/** How long a browser remembers that it may send a request, seconds. */
const MAX_AGE = 600;

/**
 * Lets the pages of these origins, in lower case, read answers, and send what browsers ask about first. Any
 * other OPTIONS is a method that no route has.
 */
export function corsOptions(origins: readonly string[]): FastifyCorsOptionsDelegate {
  const asked: FastifyCorsOptions = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Edgesoul-Tenant',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'X-Correlation-Id',
      'Last-Event-ID',
    ],
    exposedHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'X-Correlation-Id',
      'Retry-After',
      'WWW-Authenticate',
      'Edgesoul-Position',
      'Edgesoul-Store',
      'Edgesoul-Rows',
    ],
    maxAge: MAX_AGE,
  };
  const unasked = { ...asked, preflight: false };
  return ({ headers }: FastifyRequest, done) => {
    const isAsked = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    done(null, isAsked ? asked : unasked);
  };
}
