import {
  IsOptional,
  Length,
  Matches,
  registerDecorator,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { isTimeZone } from './time-zone.js';

/** An id as events may have it: older releases took `.` and `..` too. */
export const STORED_ID_PATTERN = /^[A-Za-z0-9._:@-]{1,128}$/;

/**
 * An id that a client may choose (user, session, memory). No URL can name `.` and `..`: clients resolve them. It has
 * no lookahead, which not every reader of the OpenAPI document knows.
 */
export const ID_PATTERN =
  /^(?:[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,127}|\.[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,126}|\.\.[A-Za-z0-9._:@-]{1,126})$/;

/** What ID_PATTERN demands. */
export const ID_RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - : @, and not . or ..';

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

/** An id chosen by a client: 1 to 128 characters from `A-Z a-z 0-9 . _ - : @`, but not `.` or `..`. */
export function IsId(): PropertyDecorator {
  return Matches(ID_PATTERN, { message: `$property ${ID_RULE}` });
}

/** An id in the data of an event, see STORED_ID_PATTERN. */
export function IsStoredId(): PropertyDecorator {
  return Matches(STORED_ID_PATTERN);
}

/** A text of `min` to `max` characters (Unicode code points). */
export function IsText(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return Length(min, max, options);
}

/** A text that shows something: not only white space and invisible characters. */
export const NOT_BLANK = /[^\s\p{Default_Ignorable_Code_Point}]/u;

/** A text of 1 to `max` characters that is not blank. */
export function IsLabel(max: number): PropertyDecorator {
  return applyAll(Length(1, max), Matches(NOT_BLANK, { message: '$property must not be blank' }));
}

/** How labels are stored, for the OpenAPI document. */
export const LABEL_NOTE =
  'Stored in its normal form: Unicode NFKC, lower case, trimmed, single inner spaces, no invisible characters.';
export const TRIGGERS_NOTE = 'What triggered the emotion; each stored once, in the normal form of a label.';

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

/** A name in the IANA time zone database, such as `Europe/Berlin`. */
export function IsTimeZone(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isTimeZone',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: isTimeZone,
        defaultMessage: () => '$property must be a time zone of the IANA database, such as Europe/Berlin',
      },
    });
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
