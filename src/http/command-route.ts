import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { ProblemAnswer } from './problems/problem.js';

/**
 * Documents what all command routes share: their headers, and the errors that the kind of a route does not
 * imply.
 */
export function CommandRoute(route: {
  status: number;
  answer: Type;
  conditional?: boolean;
}): MethodDecorator {
  const headers = [
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A retry with the same key returns the first answer again.',
    }),
    ApiHeader({
      name: 'X-Correlation-Id',
      required: false,
      description: "Stored with the events and returned in the answer's headers.",
    }),
  ];
  const errorAnswers = [problem(422, 'The key has already been used for another command.')];
  if (route.conditional) {
    headers.push(
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'The version that the change expects, in quotes.',
      }),
      ApiHeader({
        name: 'If-None-Match',
        required: false,
        description: '`*` for a change that expects nothing to exist yet.',
      }),
    );
    errorAnswers.push(problem(412, 'The stream is at another version, given in `currentVersion`.'));
  }
  return applyDecorators(
    HttpCode(route.status),
    ApiResponse({ status: route.status, type: route.answer }),
    ...headers,
    ...errorAnswers,
  );
}

function problem(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, type: ProblemAnswer });
}
