import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { bodyMebibytes } from './body/body-limits.js';
import { PROBLEM_TYPE, ProblemAnswer } from './problems/problem.js';

const [PROBLEM = ''] = PROBLEM_TYPE.split(';');
const PROBLEM_SCHEMA = { $ref: getSchemaPath(ProblemAnswer) };

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answer = { description: string; content?: Record<string, { schema?: object }> };

/** Any request may get these, whatever its route. */
const OF_EVERY_ROUTE: Record<number, string> = {
  400: 'The request is not valid; `errors` names every bad field.',
  408: 'The request did not arrive in time.',
  417: '`Expect` asks for something other than `100-continue`.',
  421: 'The service does not answer to the name in `Host`.',
  431: 'The request line and the headers are too large.',
  500: 'The service failed; the process log has the cause under the request id.',
  503: 'The service cannot answer now; `code` gives the reason. Retry after `Retry-After` seconds.',
};

/** Any request that needs a key may get these. */
const OF_KEYS: Record<number, string> = {
  401: 'The service asks for a key, and the request has none that is valid.',
  403: 'The key is not for this operation or this user, or a change comes from a browser page of another origin.',
  429: 'The key or the address has sent too many requests, or a quota of events a day is used up. Retry after `Retry-After` seconds.',
};

const OF_CHANGES: Record<number, string> = {
  415: 'The body is not JSON, or it has a `Content-Encoding`.',
};

const NOT_FOUND = 'What the request names does not exist, or no longer exists.';

const REFUSED = {
  404: NOT_FOUND,
  406: '`Accept` takes none of the formats that the answer can have; `detail` names them.',
  410: 'What it was made of has been erased.',
  409: 'The present state does not allow it; `code` gives the reason.',
};

/** Documents refusals that the kind of a route does not imply. */
export function MayRefuse(...statuses: (keyof typeof REFUSED)[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: REFUSED[status], type: ProblemAnswer })),
  );
}

/**
 * Adds the error answers that each operation may give because of what it is; all of them are problem
 * documents.
 */
export function declareRefusals(document: OpenAPIObject): void {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations as Record<string, Operation>)) {
      const answers = operation.responses as Record<string, Answer>;
      const refusals = refusalsOf(method, path, operation);
      for (const [status, description] of Object.entries(refusals)) answers[status] ??= { description };
      for (const [status, answer] of Object.entries(answers))
        if (Number(status) >= 400) answer.content = withProblem(answer.content);
    }
  }
}

function refusalsOf(
  method: string,
  path: string,
  { parameters = [], security = [] }: Operation,
): Record<number, string> {
  const named = parameters.filter((parameter) => 'in' in parameter && parameter.in === 'path');
  const reads = method === 'get';
  // A command registers its user, so that only what else it names may be missing.
  const mayMiss = reads ? named.length > 0 : named.some((part) => 'name' in part && part.name !== 'userId');
  const refusals = { ...OF_EVERY_ROUTE, ...(security.length > 0 && OF_KEYS) };
  if (mayMiss) refusals[404] = NOT_FOUND;
  if (reads) return refusals;
  return { ...refusals, ...OF_CHANGES, 413: `The body is larger than ${bodyMebibytes(path)} MiB.` };
}

function withProblem(content: Answer['content'] = {}): Answer['content'] {
  const isProblem = ({ schema }: { schema?: object }) =>
    JSON.stringify(schema) === JSON.stringify(PROBLEM_SCHEMA);
  const others = Object.entries(content).filter(([, media]) => !isProblem(media));
  return { ...Object.fromEntries(others), [PROBLEM]: { schema: PROBLEM_SCHEMA } };
}
