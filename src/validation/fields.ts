import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  Length,
  Matches,
  registerDecorator,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Characters and length of every id that a client may choose (user, session, memory). */
export const ID_PATTERN = /^[A-Za-z0-9._:@-]{1,128}$/;

const INSTANT =
  /^(?:19|2\d)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;

/** Whether the text is an ISO 8601 instant from 1900 to 2999 with a time zone and a date that exists. */
export function isInstant(text: unknown): boolean {
  if (typeof text !== 'string' || !INSTANT.test(text) || Number.isNaN(Date.parse(text))) return false;
  // Date.parse accepts 30 February as 2 March.
  const day = Number(text.slice(8, 10));
  return day <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
}

/** The field may be omitted; null is refused. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** The field may be omitted or null; null means "none". */
export function Nullable(): PropertyDecorator {
  return applyAll(IsOptional(), inSchema({ nullable: true }));
}

/** Describes the field in the OpenAPI document: its unit, its range and its default. */
export function Describe(description: string): PropertyDecorator {
  return inSchema({ description });
}

/** An id chosen by a client: 1 to 128 characters from `A-Z a-z 0-9 . _ - : @`. */
export function IsId(): PropertyDecorator {
  return Matches(ID_PATTERN, { message: '$property must be 1 to 128 characters of A-Z a-z 0-9 . _ - : @' });
}

/** A text of `min` to `max` characters (Unicode code points). */
export function IsText(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return Length(min, max, options);
}

/** A text of 1 to `max` characters that is not only white space. */
export function IsLabel(max: number): PropertyDecorator {
  return applyAll(Length(1, max), Matches(/\S/, { message: '$property must not be blank' }));
}

/** An ISO 8601 time with a time zone, such as `2026-03-01T18:30:00Z`. */
export function IsInstant(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: isInstant,
        defaultMessage: () =>
          '$property must be an ISO 8601 time with a time zone, such as 2026-03-01T18:30:00Z',
      },
    });
}

/** Some of the values, at least one: whoever wants no filter leaves the field out. */
export function IsListOf(values: readonly string[]): PropertyDecorator {
  return applyAll(IsArray(), ArrayNotEmpty(), IsIn(values, { each: true }));
}

/** A JSON object of at most `max` bytes when serialized. */
export function IsSmallJson(max: number): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isSmallJson',
      target: target.constructor,
      propertyName: propertyName as string,
      constraints: [max],
      validator: {
        validate: (value) => isSmallJson(value, max),
        defaultMessage: () => `$property must be a JSON object of at most ${max} bytes`,
      },
    });
}

/** Whether the value is a JSON object of at most `max` bytes when serialized. */
export function isSmallJson(value: unknown, max: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Buffer.byteLength(JSON.stringify(value)) <= max;
}

const IN_SCHEMA = 'edgesoul:in-schema';

/** Adds keywords to the field's JSON Schema; the library's own decorator would replace earlier ones. */
function inSchema(keywords: { nullable?: boolean; description?: string }): PropertyDecorator {
  return (target, propertyName) => {
    const all = { ...(Reflect.getMetadata(IN_SCHEMA, target, propertyName) as object), ...keywords };
    Reflect.defineMetadata(IN_SCHEMA, all, target, propertyName);
    JSONSchema(all)(target, propertyName as string);
  };
}

function applyAll(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, propertyName) => {
    for (const decorate of decorators) decorate(target, propertyName);
  };
}
