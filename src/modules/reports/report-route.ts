import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { MEDIA_TYPES } from '../../formats/row-format.js';
import { MayRefuse } from '../../http/declared-answers.js';

const HEADERS = {
  'Edgesoul-Position': {
    description: 'Position of the last event that the answer knows of.',
    schema: { type: 'integer' },
  },
  ETag: {
    description: 'Names the bytes of the answer: the same question at the same position has the same.',
    schema: { type: 'string' },
  },
  'Content-Location': {
    description:
      'Permanent link to this answer: the query with every default filled in and its position as `asOf`.',
    schema: { type: 'string' },
  },
} as const;

/** Documents what all routes of reports share: their formats, headers and conditional requests. */
export function ReportRoute(answer: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(answer),
    MayRefuse(406),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description:
        'The `ETag` of an answer that the client has; if it still holds, 304 comes without a body.',
    }),
    ApiOkResponse({
      headers: HEADERS,
      description: 'The report; in formats of rows its items only, with the same names as columns.',
      content: {
        [MEDIA_TYPES.json]: { schema: { $ref: getSchemaPath(answer) } },
        [MEDIA_TYPES.ndjson]: { schema: { type: 'string', description: 'One item per line.' } },
        [MEDIA_TYPES.csv]: {
          schema: { type: 'string', description: 'A header line, then one item per line.' },
        },
        [MEDIA_TYPES.parquet]: {
          schema: { type: 'string', format: 'binary', description: 'One item per row.' },
        },
      },
    }),
    ApiResponse({
      status: 304,
      description: 'The client has this answer: `If-None-Match` names its `ETag`.',
    }),
  );
}
