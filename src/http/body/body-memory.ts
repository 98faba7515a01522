import { Transform } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NoRoom } from '../problems/http-refusal.js';

/** Bodies up to this size always have room, bytes: nearly every command is far smaller. */
const SMALL_BYTES = 64 * 1024;

/**
 * Bounds the memory that all larger bodies take until their requests are answered. Only bytes that have
 * arrived count, so that nobody takes room by announcing a body. The body that would exceed the bound is
 * refused, and what came of it is dropped: if bodies waited, halves of them could wait for each other.
 */
export function boundBodies(instance: FastifyInstance, maxBytes: number): void {
  let held = 0;
  instance.addHook('preParsing', (request, reply, payload, done) => {
    if (announcedBytes(request) <= SMALL_BYTES) {
      done(null, payload);
      return;
    }
    let own = 0;
    const release = () => {
      held -= own;
      own = 0;
    };
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        if (held + chunk.length > maxBytes) {
          release();
          next(NoRoom.forBody());
          return;
        }
        own += chunk.length;
        held += chunk.length;
        next(null, chunk);
      },
    });
    reply.raw.once('close', release);
    // What comes of a body after its answer is dropped, as Node does with a body that nobody has begun to
    // take.
    reply.raw.once('finish', () => {
      payload.unpipe(counted);
      payload.resume();
    });
    payload.once('error', (error) => counted.destroy(error));
    done(null, payload.pipe(counted));
  });
}

/** The length of the body, bytes; Infinity if the client does not say it. */
function announcedBytes({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return Infinity;
  return Number(headers['content-length'] ?? 0);
}
