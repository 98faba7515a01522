import type { FeedPage, StoredEvent } from './answers.js';

export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
  /** The body as it came, for byte-for-byte comparisons. */
  text: string;
}

export type HeaderFields = Record<string, string>;

interface Content {
  text?: string | undefined;
  headers?: HeaderFields;
}

/** A small HTTP client under one base path; it never throws for a status. */
export class Client {
  constructor(private readonly base: () => string) {}

  get<T>(path: string, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('GET', path, { headers });
  }

  post<T>(path: string, body?: unknown, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('POST', path, { text: written(body), headers });
  }

  patch<T>(path: string, body: unknown, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, { text: written(body), headers });
  }

  delete<T>(path: string, headers?: HeaderFields): Promise<Answer<T>> {
    return this.send<T>('DELETE', path, { headers });
  }

  /** Sends the text as it is, as JSON unless the headers say otherwise. */
  async send<T>(method: string, path: string, { text, headers = {} }: Content = {}): Promise<Answer<T>> {
    const response = await fetch(this.base() + path, {
      method,
      headers: text === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    const answered = await response.text();
    const isJson = /^application\/(.+\+)?json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: (isJson ? JSON.parse(answered) : answered) as T,
      headers: response.headers,
      text: answered,
    };
  }
}

/** The routes of one user, with that user's events at hand. */
export class User extends Client {
  constructor(
    readonly id: string,
    origin: () => string,
  ) {
    super(() => `${origin()}/v1/users/${encodeURIComponent(id)}`);
  }

  /** Every event of the user in the order of the log; none for a user nobody has heard of. */
  async events(): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    let after = 0;
    for (;;) {
      const page = await this.get<FeedPage>(`/events?after=${after}&limit=200`);
      if (page.status === 404) return [];
      events.push(...page.body.items);
      if (page.body.items.length < 200) return events;
      after = page.body.nextAfter;
    }
  }

  /** The events that the user's last writing command made. */
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
    if (body.items.length < limit) return events;
    after = body.nextAfter;
  }
}

function written(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}
