import type { PipeTransform } from '@nestjs/common';
import { InvalidInput } from '../../errors.js';
import { validQuery } from '../../http/valid.pipe.js';
import { MAX_ERRORS } from '../../validation/field-errors.js';
import type { Shape } from '../../validation/validator.js';
import type { ReportDefinition } from './report.js';

/** Parameters of every report. */
export const ANSWER_PARAMETERS = ['asOf', 'format'];

/**
 * Validates the query of a report. Refuses parameters that it does not know, and names those that it does.
 */
export function validReport<T extends object>(
  definition: ReportDefinition,
  shape: Shape<T>,
): PipeTransform<unknown, T> {
  const pipe = validQuery(shape) as { transform(value: unknown): T };
  const known = parametersOf(definition);
  return {
    transform: (value) => {
      const unknown = Object.keys(value as object).filter((name) => !known.includes(name));
      if (unknown.length === 0) return pipe.transform(value);
      const message = `is not a parameter of ${definition.name}, which knows ${known.join(', ')}`;
      throw InvalidInput.fields(
        unknown.slice(0, MAX_ERRORS).map((path) => ({ path: path.slice(0, 100), message })),
      );
    },
  };
}

/** The names of all parameters that a report knows. */
export function parametersOf({ parameters, ownParameters = {} }: ReportDefinition): string[] {
  return [...parameters, ...Object.keys(ownParameters), ...ANSWER_PARAMETERS];
}
