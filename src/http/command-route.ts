import { applyDecorators, type Type } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { ProblemAnswer } from './problem.js';

/** Documents what all command routes share: their headers and error answers. */
export function CommandRoute(route: {
  status: number;
  answer: Type;
  conditional?: boolean;
}): MethodDecorator {
  const headers = [
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A retry with the same key gets the first answer again.',
    }),
    ApiHeader({ name: 'X-Correlation-Id', required: false, description: 'Kept with the events and echoed.' }),
  ];
  const errorAnswers = [
    problem(400, 'The request is not valid; `errors` names every bad field.'),
    problem(422, 'The key was used before for another command.'),
    problem(503, 'Too many commands wait; see Retry-After.'),
  ];
  if (route.conditional) {
    headers.push(
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'The version the change is meant for, in quotes.',
      }),
    );
    errorAnswers.push(problem(412, 'The stream has another version; `currentVersion` says which.'));
  }
  return applyDecorators(
    ApiResponse({ status: route.status, type: route.answer }),
    ...headers,
    ...errorAnswers,
  );
}

function problem(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, type: ProblemAnswer });
}
