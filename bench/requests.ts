import { CommandMaker, toRequest, type HttpRequest } from './bodies.ts';
import type { LoadSpec } from './load.ts';

const POOL_SIZE = 4_000;
const COUNTER_DIGITS = 9;

/** Prepared requests, sent one after another; every command gets a new idempotency key. */
export class RequestPool {
  private readonly requests: { buffer: Buffer; counterAt: number }[];
  private sent = 0;

  constructor(spec: LoadSpec) {
    this.requests = poolOf(spec).map((request) => encode(request, spec));
  }

  /** Returns the next request; its buffer is reused after a full round of the pool. */
  next(): Buffer {
    const { buffer, counterAt } = this.requests[this.sent % this.requests.length]!;
    this.sent++;
    if (counterAt > 0) buffer.write(String(this.sent).padStart(COUNTER_DIGITS, '0'), counterAt, 'latin1');
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

/** The key of the n-th request of a load run, always of the same length. */
export function idempotencyKey(spec: LoadSpec, count: number): string {
  return `${spec.keyPrefix}-${String(count).padStart(COUNTER_DIGITS, '0')}`;
}

function encode({ method, path, body }: HttpRequest, spec: LoadSpec): { buffer: Buffer; counterAt: number } {
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(spec.url).host}`, 'Connection: keep-alive'];
  if (body === undefined) return { buffer: Buffer.from(`${head.join('\r\n')}\r\n\r\n`), counterAt: 0 };
  const key = idempotencyKey(spec, 0);
  head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  head.push(`Idempotency-Key: ${key}`);
  const buffer = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  return { buffer, counterAt: buffer.indexOf(key) + key.length - COUNTER_DIGITS };
}
