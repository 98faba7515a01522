import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gunzipSync } from 'node:zlib';
import { SentMemory } from './sent-memory.js';

const SIZES = [300_000, 1, 20, 70_000, 1_000_000, 16_384, 400_000, 5, 5_000_000, 9];

function chunkOf(size: number, i: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(i + 1);
}

const CODINGS: [string, (body: Readable, to: Writable) => Writable, (sent: Buffer) => Buffer][] = [
  ['as they are', (body, to) => body.pipe(to), (sent) => sent],
  [
    'compressed',
    (body, to) => {
      const encoder = createGzip();
      pipeline(body, encoder, to, () => undefined);
      return encoder;
    },
    gunzipSync,
  ],
];

describe.each(CODINGS)('the memory of chunks that are sent %s', (_, pipe, decoded) => {
  it('is freed once they are written, not before: the reader receives all of them', async () => {
    const chunks = SIZES.map(chunkOf);
    const expected = Buffer.concat(chunks);
    const freed: number[] = [];
    const server = createServer((_request, response) => {
      const memory = new SentMemory();
      async function* all(): AsyncGenerator<Uint8Array> {
        for (const chunk of chunks) {
          memory.add(chunk);
          yield chunk;
          memory.free(body, sink);
          freed.push(chunks.filter(({ buffer: { detached } }) => detached).length);
        }
      }
      const body = Readable.from(all(), { objectMode: false });
      const sink = pipe(body, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [
      IncomingMessage,
    ];
    // Nothing is read yet, so most of what was sent still waits.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sent = decoded(await buffer(answer));
    server.close();
    expect(sent.equals(expected)).toBe(true);
    expect(freed.at(-1)).toBeGreaterThan(3);
  });
});

describe('memory of which a chunk has a part only', () => {
  it('stays', () => {
    const memory = new SentMemory();
    const whole = new Uint8Array(100);
    memory.add(whole.subarray(0, 50));
    memory.free(Readable.from([]), { writableLength: 0 } as Writable);
    expect(whole.byteLength).toBe(100);
  });
});
