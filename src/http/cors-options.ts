import type { FastifyCorsOptions } from '@fastify/cors';

/** How long a browser remembers that it may send a request, seconds. */
const MAX_AGE = 600;

/** Lets the pages of these origins, in lower case, read answers and send what browsers ask about first. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
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
      'Edgesoul-Position',
      'Edgesoul-Store',
      'Edgesoul-Rows',
    ],
    maxAge: MAX_AGE,
  };
}
