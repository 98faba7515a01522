import type { FastifyReply } from 'fastify';
import { InvalidInput, TooLarge, UnsupportedMedia, type StoreError } from '../../errors.js';

/** What the framework's refusals mean: its own sentences repeat the query, or name its internals. */
const SENTENCES: [RegExp, string][] = [
  [/url component/, 'The path is not valid percent-encoded UTF-8.'],
  [/valid JSON/, 'The body is not valid JSON.'],
  [/Content-Length/, 'The body is not as long as Content-Length says.'],
];

/** Returns a 4xx error of the framework as one of ours, without the words of the framework. */
export function frameworkRefusal(error: unknown, status: number): StoreError {
  if (status === 413) return TooLarge.body();
  if (status === 415) return UnsupportedMedia.notJson();
  // Nest keeps the message of a Fastify error, but not its code.
  const { message = '' } = error as { message?: string };
  const sentence = SENTENCES.find(([meant]) => meant.test(message))?.[1];
  return InvalidInput.malformed(sentence ?? 'The request cannot be read.', error);
}

/**
 * Reads and drops the rest of a body that is not taken, at most until the request's deadline: a client that
 * sends all before it reads would not see the answer if the connection were cut.
 */
export function readOn(reply: FastifyReply): void {
  reply.removeHeader('connection');
  reply.request.raw.resume();
}
