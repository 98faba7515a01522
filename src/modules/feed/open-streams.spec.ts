import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { OpenStreams, type StreamLimits } from './open-streams.js';

async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array, number> {
  while (!signal.aborted) yield Buffer.alloc(256 * 1024, 'x');
  return 0;
}

/** Sends one byte, and without an end when it is asked to. */
async function* late(signal: AbortSignal, until: Promise<unknown>): AsyncGenerator<Uint8Array, number> {
  yield Buffer.from('1');
  await until;
  return yield* endless(signal);
}

/** Sends one byte, and the next when it is asked to. */
async function* silent(until: Promise<unknown>): AsyncGenerator<Uint8Array, number> {
  yield Buffer.from('1');
  await until;
  yield Buffer.from('2');
  return 2;
}

describe('open streams', () => {
  let server: FastifyInstance;
  let port: number;
  const closed: PromiseWithResolvers<void>[] = [];
  const sockets: Socket[] = [];
  let later: PromiseWithResolvers<void>;

  beforeEach(() => {
    later = Promise.withResolvers<void>();
  });

  async function serve(limits: Partial<StreamLimits>): Promise<void> {
    const streams = new OpenStreams({ total: 100, perAddress: 100, stalledMs: 60_000, ...limits });
    const answer = async (
      reply: FastifyReply,
      chunks: (signal: AbortSignal) => AsyncGenerator<Uint8Array, number>,
    ) => {
      const closing = Promise.withResolvers<void>();
      closed.push(closing);
      reply.raw.once('close', () => closing.resolve());
      await streams.sendAll(reply, 'identity', async (signal) => chunks(signal));
      return reply;
    };
    server = fastify();
    server.setErrorHandler((error: Error, _request, reply) => reply.code(503).send(error.message));
    server.get('/endless', (_request, reply) => answer(reply, endless));
    server.get('/late', (_request, reply) => answer(reply, (signal) => late(signal, later.promise)));
    server.get('/silent', (_request, reply) => answer(reply, () => silent(later.promise)));
    await server.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = server.server.address() as AddressInfo);
  }

  /** A client that sends its request and never reads. */
  async function deadReader(localAddress: string, path = '/endless'): Promise<void> {
    const before = closed.length;
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined);
    socket.pause();
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: store\r\n\r\n`);
    while (closed.length === before) await new Promise((resolve) => setImmediate(resolve));
  }

  async function statusFrom(localAddress: string): Promise<number | undefined> {
    const request = get({ port, host: '127.0.0.1', path: '/endless', localAddress, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    response.destroy();
    return response.statusCode;
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    closed.splice(0);
    await server.close();
  });

  it('are cut off when a client reads nothing although data waits', async () => {
    await serve({ stalledMs: 50 });
    await deadReader('127.0.0.1');
    // Resolves only if the service closes the connection: the client does not.
    await closed[0]?.promise;
    expect(sockets[0]?.destroyed).toBe(false);
  });

  it('stay open, however long, while there is nothing to send', async () => {
    await serve({ stalledMs: 1 });
    const request = get({ port, host: '127.0.0.1', path: '/silent', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    later.resolve();
    const [second] = (await once(response, 'data')) as [Buffer];
    expect(second.toString()).toBe('2');
  });

  it('are cut off also after a time without anything to send', async () => {
    await serve({ stalledMs: 50 });
    await deadReader('127.0.0.1', '/late');
    await new Promise((resolve) => setTimeout(resolve, 200));
    later.resolve();
    await closed[0]?.promise;
    expect(sockets[0]?.destroyed).toBe(false);
  });

  it('of one address do not take the places of the others', async () => {
    await serve({ total: 3, perAddress: 2 });
    await deadReader('127.0.0.1');
    await deadReader('127.0.0.1');
    expect(await statusFrom('127.0.0.1')).toBe(503);
    expect(await statusFrom('127.0.0.2')).toBe(200);
  });
});
