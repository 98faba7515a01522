import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * Stands between a client and a service, and loses the first answer to every POST that was carried out: the
 * client cannot know that it was.
 */
export class LossyProxy {
  private readonly answered = new Set<string>();
  /** How many answers were lost. */
  lost = 0;
  /** Resolves once the service has said that it was not available. */
  readonly refused: Promise<void>;
  private wasRefused: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: () => string,
  ) {
    this.refused = new Promise((resolve) => (this.wasRefused = resolve));
  }

  static async start(target: () => string): Promise<LossyProxy> {
    const server = createServer();
    const proxy = new LossyProxy(server, target);
    server.on('request', (request, response) => void proxy.pass(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const headers = ['content-type', 'idempotency-key'].flatMap((name): [string, string][] => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    const body = await buffer(request);
    const sent = method === 'GET' ? {} : { body };
    const answer = await fetch(this.target() + url, { method, headers, ...sent });
    const text = await answer.text();
    if (answer.status === 503) this.wasRefused();
    const name = JSON.stringify([url, request.headers['idempotency-key'], body.toString()]);
    if (method === 'POST' && answer.ok && !this.answered.has(name)) {
      this.answered.add(name);
      this.lost += 1;
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(answer.headers.has('retry-after') && { 'retry-after': answer.headers.get('retry-after') ?? '' }),
    });
    response.end(text);
  }
}
