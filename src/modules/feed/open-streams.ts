import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Unavailable } from '../../errors.js';
import { reportFailure } from '../../http/http-error.filter.js';

/** Streams that may be open at once; each may hold some pages in memory while its client is slow. */
const MAX_STREAMS = 256;
/** Time that clients have to receive sent data when the service stops, ms. */
const SHUTDOWN_GRACE_MS = 250;

type Chunks = AsyncGenerator<Uint8Array | string>;

interface OpenStream {
  /** Ends the stream at its present place. */
  end(): void;
  /** Cuts the connection. */
  cut(): void;
  closed: Promise<void>;
}

/** Sends answers chunk by chunk, at the pace of the client. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private stopping = false;

  /** Sends all chunks. A stop of the service cuts the connection: no client may take a part for the whole. */
  sendAll(reply: FastifyReply, start: (signal: AbortSignal) => Promise<Chunks>): Promise<void> {
    return this.send(reply, start, () => undefined);
  }

  /** Sends chunks while the client is connected and the service runs; it may end after any chunk. */
  sendLive(reply: FastifyReply, start: (signal: AbortSignal) => Promise<Chunks>): Promise<void> {
    return this.send(reply, start, (abort) => abort.abort());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const stream of this.open) stream.end();
    await Promise.race([Promise.all([...this.open].map(({ closed }) => closed)), sleep(SHUTDOWN_GRACE_MS)]);
    for (const stream of this.open) stream.cut();
  }

  private async send(
    reply: FastifyReply,
    start: (signal: AbortSignal) => Promise<Chunks>,
    end: (abort: AbortController) => void,
  ): Promise<void> {
    if (this.stopping) throw Unavailable.stopping();
    if (this.open.size >= MAX_STREAMS)
      throw new Unavailable('service.busy', `${MAX_STREAMS} streams are already open; retry in a second.`);
    // For a client that is already gone, `close` does not fire again.
    if (reply.raw.destroyed) return;
    const abort = new AbortController();
    const closing = Promise.withResolvers<void>();
    const stream = { end: () => end(abort), cut: () => reply.raw.destroy(), closed: closing.promise };
    this.open.add(stream);
    reply.raw.once('close', () => {
      this.open.delete(stream);
      abort.abort();
      closing.resolve();
    });
    await sendChunks(reply, await start(abort.signal));
  }
}

/** Sends the chunks; a failure before the first one throws, a later one cuts the connection. */
async function sendChunks(reply: FastifyReply, chunks: Chunks): Promise<void> {
  const first = await chunks.next();
  const body = Readable.from(prepended(first, chunks), { objectMode: false });
  body.once('error', (error) => reportFailure(error, reply.request.id));
  void reply.send(body);
}

async function* prepended(first: IteratorResult<Uint8Array | string>, rest: Chunks): Chunks {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
