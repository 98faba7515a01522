import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as its bytes say it. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A connection on which a test writes what no HTTP client would send. */
export class RawConnection {
  private received = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
  }

  static async open(origin: string): Promise<RawConnection> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  write(data: string | Uint8Array): this {
    this.socket.write(data);
    return this;
  }

  /** Writes, and resolves when all of it has left. */
  async written(data: string | Uint8Array): Promise<void> {
    if (!this.socket.write(data)) await once(this.socket, 'drain');
  }

  /** Reads again after `pause`. */
  resume(): void {
    this.socket.resume();
  }

  /** Stops to read, so that the service can send no more. */
  pause(): this {
    this.socket.pause();
    return this;
  }

  /** Resolves with all answers when the service ends or cuts the connection. */
  async ended(): Promise<RawAnswer[]> {
    if (!this.socket.readableEnded && !this.socket.destroyed)
      await Promise.race([once(this.socket, 'end'), once(this.socket, 'close')]);
    this.socket.destroy();
    return answersIn(this.received);
  }

  /** Resolves with the first answer when all of it has come, although the connection stays open. */
  async firstAnswer(): Promise<RawAnswer> {
    for (;;) {
      const [first] = answersIn(this.received);
      if (first) return first;
      await once(this.socket, 'data');
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return answers;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    answers.push({ status: Number(first.split(' ')[1]), headers, body });
    rest = rest.slice(end + 4 + length);
  }
}
