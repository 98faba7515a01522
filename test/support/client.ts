import type { FeedPage, StoredEvent } from './answers.js';

export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
  /** The unparsed body, for byte-for-byte comparisons. */
  text: string;
}

export type HeaderFields = Record<string, string>;

interface Content {
  text?: string | undefined;
  headers?: HeaderFields;
}

/** A small HTTP client for one base path; it throws for no status. */
export class Client {
  constructor(private readonly base: () => string) {}

  get<T>(path: string, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('GET', path, { headers });
  }

  post<T>(path: string, body?: unknown, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('POST', path, { text: jsonOf(body), headers });
  }

  put<T>(path: string, body: unknown, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('PUT', path, { text: jsonOf(body), headers });
  }

  patch<T>(path: string, body: unknown, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, { text: jsonOf(body), headers });
  }

  delete<T>(path: string, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('DELETE', path, { headers });
  }

  /** Sends the text unchanged, as JSON unless the headers give another content type. */
  async send<T>(method: string, path: string, { text, headers = {} }: Content = {}): Promise<Answer<T>> {
    const response = await fetch(this.base() + path, {
      method,
      headers: text === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    const responseText = await response.text();
    const isJson = /^application\/(.+\+)?json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: (isJson ? JSON.parse(responseText) : responseText) as T,
      headers: response.headers,
      text: responseText,
    };
  }
}

/** The routes of one user, and that user's events. */
export class User extends Client {
  constructor(
    readonly id: string,
    origin: () => string,
  ) {
    super(() => `${origin()}/v1/users/${encodeURIComponent(id)}`);
  }

  /** Every event of the user in log order; none for an unknown user. */
  async events(): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    let after = 0;
    for (;;) {
      const page = await this.get<FeedPage>(`/events?after=${after}&limit=200`);
      if (page.status === 404) return [];
      events.push(...page.body.items);
      if (page.body.nextAfter >= page.body.head) return events;
      after = page.body.nextAfter;
    }
  }

  /** The events of the user's last command that appended any. */
  async lastEvents(): Promise<StoredEvent[]> {
    const events = await this.events();
    const last = events.at(-1);
    return events.filter(({ commandId }) => commandId === last?.commandId);
  }
}

/** Every event of the log after a position, read in pages. */
export async function readLog(client: Client, after = 0, limit = 5000): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const { body } = await client.get<FeedPage>(`/v1/events?after=${after}&limit=${limit}`);
    events.push(...body.items);
    if (body.nextAfter >= body.head) return events;
    after = body.nextAfter;
  }
}

function jsonOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}
