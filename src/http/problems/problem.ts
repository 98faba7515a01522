import { ApiProperty } from '@nestjs/swagger';
import type { StoreError } from '../../errors.js';
import { MAX_ERRORS } from '../../validation/field-errors.js';

/** The content type of problem documents. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** One bad field of a request. */
export class ProblemField {
  @ApiProperty({ description: 'Path of the field, such as `emotion.intensity`.' })
  path: string;

  @ApiProperty()
  message: string;
}

/** An error as RFC 9457 problem details. */
export class ProblemAnswer {
  @ApiProperty({ example: 'urn:edgesoul:problem:request.invalid' })
  type: string;

  @ApiProperty({ example: 'Bad Request' })
  title: string;

  @ApiProperty({ example: 400 })
  status: number;

  @ApiProperty({ description: 'Stable code for programs.', example: 'request.invalid' })
  code: string;

  @ApiProperty({ description: 'Explanation for people.' })
  detail: string;

  @ApiProperty({
    type: [ProblemField],
    required: false,
    description: `The bad fields, at most ${MAX_ERRORS}; \`detail\` says when there are more.`,
  })
  errors?: ProblemField[];

  @ApiProperty({ required: false, description: 'Of `stream.version-conflict`: the present version.' })
  currentVersion?: number;

  @ApiProperty({
    required: false,
    description:
      'Of `feed.position-ahead`, and of an `asOf` that the log does not reach: position of the last event.',
  })
  head?: number;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    description: 'Of an `asOf` that the log does not reach: when its last event was recorded.',
  })
  headRecordedAt?: string | null;

  @ApiProperty({ required: false, description: 'Of `feed.position-ahead`: the UUID that names the store.' })
  storeId?: string;

  @ApiProperty({
    required: false,
    enum: ['user', 'store'],
    description: 'Of `quota.…`: whether it is that of each user or that of the store.',
  })
  quota?: string;

  @ApiProperty({ required: false, description: 'Of `quota.…`: how many there may be.' })
  limit?: number;

  @ApiProperty({ required: false, description: 'Of `quota.events`: seconds until the next day, UTC.' })
  retryAfter?: number;
}

/** Returns the name of an HTTP status. */
export function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}

/** Returns the problem document of an error. */
export function problemOf(error: StoreError): ProblemAnswer {
  return {
    type: `urn:edgesoul:problem:${error.code}`,
    title: titleOf(error.status),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.errors ? { errors: error.errors } : {}),
    ...error.extra,
  };
}
