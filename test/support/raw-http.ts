import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Problem } from './answers.js';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Announces a body of ten gigabytes, sends its first bytes and waits for the answer. */
export async function announceTooMuch(
  origin: string,
  method: string,
  path: string,
): Promise<{ status: number | undefined; problem: Problem }> {
  const sending = request(origin + path, {
    method,
    headers: { ...JSON_HEADERS, 'content-length': 10_000_000_000 },
  });
  sending.on('error', () => undefined); // the service may close the connection early
  sending.write('{"content":"');
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const text = await bodyText(response);
  sending.destroy();
  return { status: response.statusCode, problem: JSON.parse(text) as Problem };
}

/** A request that the service is reading and whose body is not complete yet. */
export interface OpenRequest {
  /** Sends the rest; returns the status and the text of the answer. */
  finish(): Promise<{ status: number | undefined; text: string }>;
}

/** Sends the headers and half of the body; resolves when the service reads the request (100 Continue). */
export async function openRequest(origin: string, path: string, body: unknown): Promise<OpenRequest> {
  const bytes = Buffer.from(JSON.stringify(body));
  const half = Math.floor(bytes.length / 2);
  const sending = request(origin + path, {
    method: 'POST',
    headers: { ...JSON_HEADERS, 'content-length': bytes.length, expect: '100-continue' },
    agent: false,
  });
  sending.flushHeaders();
  await once(sending, 'continue');
  sending.write(bytes.subarray(0, half));
  const response = once(sending, 'response') as Promise<[IncomingMessage]>;
  return {
    async finish() {
      sending.end(bytes.subarray(half));
      const [answer] = await response;
      return { status: answer.statusCode, text: await bodyText(answer) };
    },
  };
}

async function bodyText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
