import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Unavailable } from '../../errors.js';
import { reportFailure } from '../../http/http-error.filter.js';

/** Streams that may be open at once: each may hold some pages in memory for as long as its client is slow. */
const MAX_STREAMS = 256;
/** How long a client may take, when the service stops, to fetch what was already sent. */
const SHUTDOWN_GRACE_MS = 250;

type Chunks = AsyncGenerator<Uint8Array | string>;

interface OpenStream {
  /** Ends it where it is. */
  end(): void;
  /** Cuts the connection. */
  cut(): void;
  closed: Promise<void>;
}

/** Answers that are sent piece by piece, at the pace of whoever reads them. */
@Injectable()
export class OpenStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private stopping = false;

  /** Sends chunks until their end; when the service stops the connection is cut, so that a part is never taken for all. */
  sendAll(reply: FastifyReply, make: (signal: AbortSignal) => Promise<Chunks>): Promise<void> {
    return this.send(reply, make, () => undefined);
  }

  /** Sends chunks for as long as the client listens and the service runs: no end is too early. */
  sendLive(reply: FastifyReply, make: (signal: AbortSignal) => Promise<Chunks>): Promise<void> {
    return this.send(reply, make, (gone) => gone.abort());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const stream of this.open) stream.end();
    await Promise.race([Promise.all([...this.open].map(({ closed }) => closed)), sleep(SHUTDOWN_GRACE_MS)]);
    for (const stream of this.open) stream.cut();
  }

  private async send(
    reply: FastifyReply,
    make: (signal: AbortSignal) => Promise<Chunks>,
    end: (gone: AbortController) => void,
  ): Promise<void> {
    if (this.stopping) throw Unavailable.stopping();
    if (this.open.size >= MAX_STREAMS)
      throw new Unavailable('service.busy', `${MAX_STREAMS} streams are open already; retry in a second.`);
    // Whoever has hung up already is not told so again.
    if (reply.raw.destroyed) return;
    const gone = new AbortController();
    const closing = Promise.withResolvers<void>();
    const stream = { end: () => end(gone), cut: () => reply.raw.destroy(), closed: closing.promise };
    this.open.add(stream);
    reply.raw.once('close', () => {
      this.open.delete(stream);
      gone.abort();
      closing.resolve();
    });
    await sendChunks(reply, await make(gone.signal));
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
