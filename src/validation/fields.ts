import {
  ArrayMaxSize,
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
import { isInstant, isStorableInstant, isTimeOrDate } from './instants.js';
import { isReportZone, isTimeZone } from './time-zone.js';
import { isVectorText, VECTOR_RULE } from './vector-text.js';

/** An id as events may have it: older releases took `.` and `..` too. */
export const STORED_ID_PATTERN = /^[A-Za-z0-9._:@-]{1,128}$/;

/**
 * An id that a client may choose (user, session, memory). No URL can name `.` and `..`: clients resolve them.
 * It has no lookahead, which not every reader of the OpenAPI document knows.
 */
export const ID_PATTERN =
  /^(?:[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,127}|\.[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,126}|\.\.[A-Za-z0-9._:@-]{1,126})$/;

/** What ID_PATTERN demands. */
export const ID_RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - : @, and not . or ..';

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
export function IsStoredId(options?: ValidationOptions): PropertyDecorator {
  return Matches(STORED_ID_PATTERN, options);
}

/** The language, script and region of a tag of BCP 47, in its canonical case. */
export const LANGUAGE_PATTERN = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$/;

/** The language of a text: a tag of BCP 47, such as `de`, `pt-BR` or `zh-Hant`. */
export function IsLanguage(): PropertyDecorator {
  const message = '$property must be a language tag of BCP 47, such as de, pt-BR or zh-Hant';
  return Matches(LANGUAGE_PATTERN, { message });
}

/** A text of `min` to `max` characters (Unicode code points). */
export function IsText(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return Length(min, max, options);
}

/** A message of a turn: up to 64,000 characters (Unicode code points), stored as it was sent. */
export function IsMessage(): PropertyDecorator {
  return Length(0, 64_000);
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

/**
 * A time that is stored, such as `2026-03-01T18:30:00Z`: of the years 1900 to 2999, kept to the millisecond.
 */
export function IsInstant(): PropertyDecorator {
  return isTime('isInstant', isStorableInstant, 'of the years 1900 to 2999');
}

/** A time to compare with, not to store: any RFC 3339 time, compared exactly. */
export function IsTimeBound(): PropertyDecorator {
  return isTime('isTimeBound', isInstant, 'such as 2026-03-01T18:30:00Z');
}

function isTime(name: string, validate: (value: unknown) => boolean, which: string): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate,
        defaultMessage: () => `$property must be an RFC 3339 time with a time zone, ${which}`,
      },
    });
}

/** A bound of a range: any RFC 3339 time, or a plain date such as `2026-03-01`. */
export function IsTimeOrDate(): PropertyDecorator {
  return hasFormat('isTimeOrDate', isTimeOrDate, 'an RFC 3339 time with a time zone, or a date');
}

/** Numbers of an embedding as text: see `isVectorText`. */
export function IsVectorText(): PropertyDecorator {
  return hasFormat('isVectorText', isVectorText, VECTOR_RULE);
}

/** A name in the IANA time zone database, such as `Europe/Berlin`. */
export function IsTimeZone(): PropertyDecorator {
  return hasFormat('isTimeZone', isTimeZone, 'a time zone of the IANA database, such as Europe/Berlin');
}

/** A time zone, or `event`: the local time that was recorded with each event. */
export function IsReportZone(): PropertyDecorator {
  return hasFormat('isReportZone', isReportZone, 'event, UTC or a time zone of the IANA database');
}

function hasFormat(name: string, validate: (value: unknown) => boolean, what: string): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      validator: { validate, defaultMessage: () => `$property must be ${what}` },
    });
}

/** Some of the values, at least one and at most 100: without a filter the field is left out. */
export function IsListOf(values: readonly string[]): PropertyDecorator {
  return applyAll(IsArray(), ArrayNotEmpty(), ArrayMaxSize(100), IsIn(values, { each: true }));
}

/** Ids, at least one and at most 100. */
export function IsIdList(): PropertyDecorator {
  const message = `each value in $property ${ID_RULE}`;
  return applyAll(
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(100),
    Matches(ID_PATTERN, { each: true, message }),
  );
}

/** Labels, such as emotions, at least one and at most 100; each of 1 to `max` characters. */
export function IsLabelList(max: number): PropertyDecorator {
  return applyAll(IsArray(), ArrayNotEmpty(), ArrayMaxSize(100), Length(1, max, { each: true }));
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
