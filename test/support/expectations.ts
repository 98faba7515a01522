import type { Problem } from './answers.js';
import type { Answer } from './client.js';

/** A time in UTC as the service returns it. */
export const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/**
 * The status and code of a refusal, such as `404 memory.not-found`. Expects a complete problem document that
 * shows no internals of the service.
 */
export function refusalOf(answer: Answer<unknown>): string {
  const problem = answer.body as Problem;
  expect([answer.headers.get('content-type'), answer.text]).toEqual([
    expect.stringMatching(/^application\/problem\+json/),
    expect.not.stringMatching(/\\n\s+at |node_modules|SQLITE_|INSERT INTO|SELECT /),
  ]);
  expect(problem).toMatchObject({
    type: expect.stringMatching(/\S/),
    title: expect.stringMatching(/\S/),
    detail: expect.stringMatching(/\S/),
    status: answer.status,
  });
  expect(answer.headers.get('x-correlation-id')).toMatch(/\S/);
  return `${answer.status} ${problem.code}`;
}

/** The distinct paths in the errors of a `400 request.invalid`, sorted. Expects a message for each. */
export function badFieldsOf(answer: Answer<unknown>): string[] {
  expect(refusalOf(answer)).toBe('400 request.invalid');
  const { errors = [] } = answer.body as Problem;
  for (const { message } of errors) expect(message).toMatch(/\S/);
  return [...new Set(errors.map(({ path }) => path))].toSorted();
}
