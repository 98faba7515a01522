import { whyOf } from '../../why.js';
import type { Page } from './answers.js';
import { requestOf, type Command } from './commands.js';
import { DemoError } from './scripts/demo-script.js';

interface Problem {
  title?: string;
  code?: string;
  detail?: string;
  errors?: { path: string; message: string }[];
}

interface BatchAnswer {
  results: { status: number; problem?: Problem; body?: unknown }[];
}

/** A client of the service. A refused request throws a DemoError that contains the request and the answer. */
export class DemoClient {
  constructor(private readonly url: string) {}

  /** Sends one command on its own route; returns whether the answer was a replay of an earlier one. */
  async send(command: Command): Promise<boolean> {
    const { method, path, body } = requestOf(command);
    const headers = { 'idempotency-key': command.idempotencyKey };
    const response = await this.request(method, path, headers, body);
    return response.headers.get('idempotency-replayed') === 'true';
  }

  /** Sends many commands in one request; throws a DemoError if one of them did not succeed. */
  async sendAll(commands: Command[]): Promise<void> {
    const response = await this.request('POST', '/v1/commands', {}, { commands });
    const { results } = (await response.json()) as BatchAnswer;
    commands.forEach((command, n) => {
      const result = results[n];
      if (result && result.status < 300) return;
      const what = `${command.command} ${command.idempotencyKey} of ${command.userId}`;
      const problem = result?.problem ?? (result?.body as Problem | undefined);
      throw DemoError.service(`${what} was refused: ${explain(result?.status ?? 0, problem)}`);
    });
  }

  async get<T>(path: string): Promise<T> {
    const response = await this.request('GET', path);
    return (await response.json()) as T;
  }

  /** Yields every item of a list, page by page. */
  async *items<T>(path: string): AsyncGenerator<T> {
    let cursor: string | null | undefined;
    do {
      const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page: Page<T> = await this.get(`${path}?limit=200${more}`);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }

  private async request(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      // No content type without a body: a JSON request that is empty would be refused.
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw DemoError.service(`${method} ${path} got no answer: ${reason(error)}`);
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    throw DemoError.service(`${method} ${path} was refused: ${explain(response.status, problem)}`);
  }
}

function explain(status: number, problem: Problem | undefined): string {
  const fields = (problem?.errors ?? []).map(({ path, message }) => `\n  ${path}: ${message}`).join('');
  return `${status} ${problem?.code ?? ''} ${problem?.detail ?? problem?.title ?? ''}`.trim() + fields;
}

function reason(error: unknown): string {
  // The message of fetch is only "fetch failed"; the reason is in its cause.
  return whyOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}
