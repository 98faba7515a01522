import { randomUUID } from 'node:crypto';
import { CommandMaker, toRequest, type HttpRequest } from './bodies.ts';
import type { LoadSpec } from './load.ts';

const POOL_SIZE = 4_000;
const KEY_LENGTH = 36;

/**
 * Prepared requests, sent one after another. Every command gets a new idempotency key, a random UUID as
 * clients send: ordered keys would all go to the same pages of an index.
 */
export class RequestPool {
  private readonly requests: { buffer: Buffer; keyAt: number }[];
  private sent = 0;

  constructor(spec: LoadSpec) {
    this.requests = poolOf(spec).map((request) => encode(request, spec));
  }

  /** Returns the next request; its buffer is reused after a full round of the pool. */
  next(): Buffer {
    const { buffer, keyAt } = this.requests[this.sent++ % this.requests.length]!;
    if (keyAt > 0) buffer.write(randomUUID(), keyAt, 'latin1');
    return buffer;
  }
}

/** The requests of a load run in the order in which they are sent. */
export function poolOf(spec: LoadSpec): HttpRequest[] {
  const { pool } = spec;
  if (pool.kind === 'paths') return pool.paths.map((path) => ({ method: 'GET', path }));
  const maker = new CommandMaker(spec.seed);
  return Array.from({ length: POOL_SIZE }, () =>
    toRequest(pool.kind === 'mix' ? maker.mixed() : maker.make(pool.kind)),
  );
}

function encode({ method, path, body }: HttpRequest, spec: LoadSpec): { buffer: Buffer; keyAt: number } {
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(spec.url).host}`, 'Connection: keep-alive'];
  if (spec.token !== undefined) head.push(`Authorization: Bearer ${spec.token}`);
  if (body === undefined) return { buffer: Buffer.from(`${head.join('\r\n')}\r\n\r\n`), keyAt: 0 };
  const key = '0'.repeat(KEY_LENGTH);
  head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  head.push(`Idempotency-Key: ${key}`);
  const buffer = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  return { buffer, keyAt: head.join('\r\n').length - KEY_LENGTH };
}
