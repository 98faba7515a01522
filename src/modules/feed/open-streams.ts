import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Unavailable } from '../../errors.js';
import { sendEncoded, type ContentCoding } from '../../http/content-coding.js';
import { reportFailure } from '../../http/problems/http-error.filter.js';
import { SentMemory } from './sent-memory.js';

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

/** The trailer of a complete copy: the number of its rows. */
export const ROWS_TRAILER = 'Edgesoul-Rows';

/** Chunks of an answer; those of a copy return the number of its rows. */
type Chunks<Rows = void> = AsyncGenerator<Uint8Array | string, Rows>;

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

  /**
   * Sends all chunks, in the coding, and the number of rows after them. A stop of the service cuts the
   * connection: no client may take a part for the whole. A chunk is the answer's own: once it is written, its
   * memory is freed.
   */
  sendAll(
    reply: FastifyReply,
    coding: ContentCoding,
    start: (signal: AbortSignal) => Promise<Chunks<number>>,
  ): Promise<void> {
    return this.send(
      reply,
      async (signal) => sendCopy(reply, coding, await start(signal)),
      () => undefined,
    );
  }

  /** Sends chunks while the client is connected and the service runs; it may end after any chunk. */
  sendLive(reply: FastifyReply, start: (signal: AbortSignal) => Promise<Chunks>): Promise<void> {
    const sendChunks = async (signal: AbortSignal) => {
      const chunks = await start(signal);
      void reply.send(bodyOf(reply, await chunks.next(), chunks));
    };
    return this.send(reply, sendChunks, (abort) => abort.abort());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const stream of this.open) stream.end();
    await Promise.race([Promise.all([...this.open].map(({ closed }) => closed)), sleep(SHUTDOWN_GRACE_MS)]);
    for (const stream of this.open) stream.cut();
  }

  /**
   * Cuts the answer off when its client takes nothing of it for a while, although data waits. One that
   * only reads slowly, or has nothing to read, is left alone.
   */
  cutWhenStalled({ raw }: FastifyReply): void {
    raw.setTimeout(this.limits.stalledMs, () => {
      // Also called when nothing was sent for so long; the next write starts the time again.
      if ((raw.socket?.writableLength ?? 0) > 0) raw.destroy();
    });
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
    sendChunks: (signal: AbortSignal) => Promise<void>,
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
      cut: () => cutOff(reply),
      closed: closing.promise,
    };
    this.open.add(stream);
    this.cutWhenStalled(reply);
    reply.raw.once('close', () => {
      this.open.delete(stream);
      abort.abort();
      closing.resolve();
    });
    await sendChunks(abort.signal);
  }
}

async function sendCopy(reply: FastifyReply, coding: ContentCoding, chunks: Chunks<number>): Promise<void> {
  const memory = new SentMemory();
  const owned = freeing(chunks, memory, () => memory.free(body, sink));
  const first = await owned.next();
  let rows = 0;
  const body = bodyOf(reply, first, owned, (counted) => (rows = counted));
  // Trailers need chunks, which older clients do not know.
  if (reply.request.raw.httpVersion === '1.1') reply.trailer(ROWS_TRAILER, async () => String(rows));
  const sink = sendEncoded(reply, body, coding);
}

/** The same chunks; whenever a further one is asked for, the memory of earlier ones is freed. */
async function* freeing<Rows>(chunks: Chunks<Rows>, memory: SentMemory, free: () => void): Chunks<Rows> {
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done) return next.value;
      memory.add(next.value);
      yield next.value;
      free();
    }
  } finally {
    // The reader may have gone before the end; after it, nothing happens.
    await chunks.return(undefined as Rows);
  }
}

/**
 * The chunks as a stream; a failure before the first one has been thrown, a later one cuts the connection.
 */
function bodyOf<Rows>(
  reply: FastifyReply,
  first: IteratorResult<Uint8Array | string, Rows>,
  rest: Chunks<Rows>,
  onEnd: (rows: Rows) => void = () => undefined,
): Readable {
  async function* all(): AsyncGenerator<Uint8Array | string, void> {
    if (!first.done) yield first.value;
    onEnd(first.done ? first.value : yield* rest);
  }
  const body = Readable.from(all(), { objectMode: false });
  body.once('error', (error) => {
    reportFailure(error, reply.request.id);
    cutOff(reply);
  });
  return body;
}

/**
 * Cuts the connection. Without chunks (HTTP/1.0) only its end marks that of the answer, so it is reset: a
 * part must not look like the whole.
 */
function cutOff({ raw, request }: FastifyReply): void {
  if (request.raw.httpVersion === '1.0') raw.socket?.resetAndDestroy();
  else raw.destroy();
}
