import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Unavailable } from '../../errors.js';
import { reportFailure } from '../../http/http-error.filter.js';

/** How many streams may be open, and how long a client may leave sent data unread. */
export interface StreamLimits {
  /** Streams that may be open at once; each may hold some pages in memory while its client is slow. */
  total: number;
  /**
   * Streams that one client address may have open: others always find a place beside one that does not read.
   */
  perAddress: number;
  /** Time without progress after which an answer is cut off while data waits for its client, ms. */
  stalledMs: number;
}

const LIMITS: StreamLimits = { total: 512, perAddress: 256, stalledMs: 60_000 };
/** Time that clients have to receive sent data when the service stops, ms. */
const SHUTDOWN_GRACE_MS = 250;

type Chunks = AsyncGenerator<Uint8Array | string>;

interface OpenStream {
  address: string;
  /** Ends the stream at its present place. */
  end(): void;
  /** Cuts the connection. */
  cut(): void;
  closed: Promise<void>;
}

/** Sends answers chunk by chunk, at the pace of the client. */
export class OpenStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private stopping = false;

  constructor(private readonly limits: StreamLimits = LIMITS) {}

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

  /**
   * Cuts the answer off when its client takes nothing of it for a while, although data waits. Whoever only
   * reads slowly, or has nothing to read, is left alone.
   */
  cutWhenStalled({ raw }: FastifyReply): void {
    const check = (): void => {
      // Node also calls this for a connection on which nothing was sent for so long.
      if ((raw.socket?.writableLength ?? 0) > 0) raw.destroy();
      else raw.socket?.setTimeout(this.limits.stalledMs);
    };
    raw.setTimeout(this.limits.stalledMs, check);
  }

  private refuseTooMany(address: string): void {
    const { total, perAddress } = this.limits;
    const own = [...this.open].filter((stream) => stream.address === address).length;
    if (own >= perAddress)
      throw new Unavailable(
        'service.busy',
        `${own} streams are already open from ${address}; close one, or retry.`,
      );
    if (this.open.size >= total)
      throw new Unavailable('service.busy', `${total} streams are already open; retry in a second.`);
  }

  private async send(
    reply: FastifyReply,
    start: (signal: AbortSignal) => Promise<Chunks>,
    end: (abort: AbortController) => void,
  ): Promise<void> {
    if (this.stopping) throw Unavailable.stopping();
    this.refuseTooMany(reply.request.ip);
    // For a client that is already gone, `close` does not fire again.
    if (reply.raw.destroyed) return;
    const abort = new AbortController();
    const closing = Promise.withResolvers<void>();
    const stream: OpenStream = {
      address: reply.request.ip,
      end: () => end(abort),
      cut: () => reply.raw.destroy(),
      closed: closing.promise,
    };
    this.open.add(stream);
    this.cutWhenStalled(reply);
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
