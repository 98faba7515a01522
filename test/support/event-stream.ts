import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { HeaderFields } from './client.js';

/** A message as a browser's EventSource would show it. */
export interface Message {
  id: string;
  event: string;
  data: string;
}

/** A client of server-sent events that follows the HTML standard exactly. */
export class EventStream {
  readonly messages: Message[] = [];
  /** The Last-Event-ID that the client would send. */
  lastEventId = '';
  /** The number of comment lines. */
  comments = 0;
  retry: number | undefined;
  /** How the service ended it: with a proper end, or by cutting the connection. */
  readonly ended: Promise<'end' | 'cut'>;
  private rest = '';
  private fields: Record<string, string> = {};
  private idBuffer = '';
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    this.ended = new Promise((resolve) => {
      response.once('end', () => resolve('end'));
      response.once('error', () => resolve('cut'));
    });
  }

  static async open(url: string, headers: HeaderFields = {}): Promise<EventStream> {
    const request = get(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`The stream was answered with ${response.statusCode}.`);
    return new EventStream(response);
  }

  get headers(): IncomingMessage['headers'] {
    return this.response.headers;
  }

  get positions(): number[] {
    return this.messages.map(({ id }) => Number(id));
  }

  get events(): unknown[] {
    return this.messages.map(({ data }) => JSON.parse(data) as unknown);
  }

  /** Waits until the condition holds; throws after `ms`. */
  async waitUntil(condition: (stream: this) => boolean, ms = 20_000): Promise<void> {
    const end = Date.now() + ms;
    while (!condition(this)) {
      const leftMs = end - Date.now();
      if (leftMs <= 0) throw new Error(`The condition does not hold after ${this.messages.length} messages.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, Math.min(leftMs, 1_000));
        const { waiting } = this;
        function wake() {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
  }

  waitForMessages(count: number, ms?: number): Promise<void> {
    return this.waitUntil(({ messages }) => messages.length >= count, ms);
  }

  /** Stops reading, so that the service's writes are blocked. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.response.destroy();
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
    for (const wake of this.waiting) wake();
  }

  private line(line: string): void {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) {
      this.comments++;
      return;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'id') this.idBuffer = value;
    else if (name === 'retry') this.retry = Number(value);
    else this.fields[name] = name === 'data' ? `${this.fields.data ?? ''}${value}\n` : value;
  }

  private dispatch(): void {
    const { data = '', event = 'message' } = this.fields;
    this.fields = {};
    this.lastEventId = this.idBuffer;
    if (data !== '') this.messages.push({ id: this.lastEventId, event, data: data.slice(0, -1) });
  }
}
