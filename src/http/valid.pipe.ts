import type { PipeTransform } from '@nestjs/common';
import {
  bodyValidator,
  payloadValidator,
  queryValidator,
  tolerantQueryValidator,
  tolerantValidator,
  type Shape,
  type Validator,
} from '../validation/validator.js';

/** Returns a value that fits the shape. Throws InvalidInput with every bad field otherwise. */
class ValidPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly validate: Validator<T>) {}

  transform(value: unknown): T {
    return this.validate(value);
  }
}

/** Validates a body or path parameters. */
export function valid<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  return new ValidPipe(bodyValidator(shape));
}

/** Validates a body's own fields; what their values contain is left to the reader of each. */
export function validOutline<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  return new ValidPipe(payloadValidator(shape));
}

/** Validates a body that may be left out. */
export function validIfSent<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  const validate = bodyValidator(shape);
  return new ValidPipe((value) => validate(value ?? {}));
}

/** Validates a query string: numbers are parsed from text, lists are split at commas. */
export function validQuery<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  return new ValidPipe(queryValidator(shape));
}

/** Validates the fields of a body that the shape has, and ignores others. */
export function validTolerant<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  return new ValidPipe(tolerantValidator(shape));
}

/** Validates the parameters of a query string that the shape has, and ignores others. */
export function validTolerantQuery<T extends object>(shape: Shape<T>): PipeTransform<unknown, T> {
  return new ValidPipe(tolerantQueryValidator(shape));
}
