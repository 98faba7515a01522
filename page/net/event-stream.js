import { keyHeaders, keyWanted } from './key.js';

/** Time until an interrupted stream is asked for again, ms. */
const RETRY_MS = 2_000;

/**
 * Server-sent events, read with fetch: a browser's own EventSource cannot send a key. Like that, it goes on after
 * an interruption where it was, and ends when the service refuses it.
 */
export class EventStream {
  /** @type {'connecting' | 'open' | 'closed'} */
  state = 'connecting';
  #leave = new AbortController();
  #lastId = '';
  #url;
  #onState;
  #onData;

  /**
   * @param {string} url
   * @param {{ onState: () => void, onData: (data: any) => void }} listeners
   */
  constructor(url, { onState, onData }) {
    this.#url = url;
    this.#onState = onState;
    this.#onData = onData;
    void this.#run();
  }

  close() {
    this.state = 'closed';
    this.#leave.abort();
  }

  async #run() {
    while (this.state !== 'closed') {
      try {
        await this.#read();
      } catch {
        // The next attempt shows whether it was the connection.
      }
      if (this.#leave.signal.aborted) return;
      if (this.state === 'open') this.state = 'connecting';
      this.#onState();
      if (this.state === 'connecting') await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #read() {
    const headers = new Headers({ accept: 'text/event-stream', ...keyHeaders() });
    if (this.#lastId !== '') headers.set('last-event-id', this.#lastId);
    const response = await fetch(this.#url, { headers, cache: 'no-store', signal: this.#leave.signal });
    if (response.status === 401) keyWanted();
    if (!response.ok || !response.body) {
      if (response.status < 500) this.state = 'closed';
      return;
    }
    this.state = 'open';
    this.#onState();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = (rest + value).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#receive(message);
    }
  }

  /** @param {string} message a message of this service: every field on one line */
  #receive(message) {
    for (const line of message.split('\n')) {
      if (line.startsWith('id: ')) this.#lastId = line.slice(4);
      else if (line.startsWith('data: ')) this.#onData(JSON.parse(line.slice(6)));
    }
  }
}
