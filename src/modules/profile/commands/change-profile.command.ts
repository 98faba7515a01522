import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { profileStream } from '../../../events/streams.js';
import {
  Describe,
  IsInstant,
  IsLabel,
  IsSmallJson,
  IsTimeZone,
  Nullable,
  Optional,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** Most bytes of the communication patterns as JSON. */
export const MAX_PATTERNS_BYTES = 16_384;
const LIST_NOTE =
  'Replaces the list. Trimmed, blank ones left out; what differs only in case, white space or Unicode form is kept once.';

/** How the companion speaks aloud. */
export class VoiceChange {
  @Optional()
  @IsBoolean()
  enabled?: boolean;

  @Optional()
  @IsNumber()
  @Min(0.5)
  @Max(2)
  speed?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(2)
  pitch?: number;

  @Optional()
  @IsBoolean()
  autoSpeak?: boolean;
}

/** The profile fields to change. */
export class ChangeProfileBody {
  @Nullable()
  @IsLabel(255)
  name?: string | null;

  @Describe('null takes it back: `not_set`.')
  @Nullable()
  @IsLabel(50)
  gender?: string | null;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(100)
  empathyLevel?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(100)
  humorLevel?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(100)
  formalityLevel?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(100)
  verbosityLevel?: number;

  @Optional()
  @IsInt()
  @Min(0)
  @Max(100)
  proactivenessLevel?: number;

  @Optional()
  @IsLabel(50)
  preferredTone?: string;

  @Optional()
  @IsLabel(50)
  responseStyle?: string;

  @Optional()
  @IsBoolean()
  emojiUsage?: boolean;

  @Optional()
  @ValidateNested()
  @Type(() => VoiceChange)
  voice?: VoiceChange;

  @Describe(LIST_NOTE)
  @Optional()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  interests?: string[];

  @Describe(LIST_NOTE)
  @Optional()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  dislikes?: string[];

  @Describe(
    `Merged by JSON Merge Patch (RFC 7396): null removes a field. At most ${MAX_PATTERNS_BYTES} bytes when merged.`,
  )
  @Optional()
  @IsSmallJson(MAX_PATTERNS_BYTES)
  communicationPatterns?: Record<string, unknown>;

  @Describe(
    "Name of a zone in the IANA time zone database, such as Europe/Berlin: the user's local time, at each " +
      "instant with the zone's offset then. Null removes it, and utcOffset holds. When it is changed alone, " +
      'utcOffset becomes the offset of the zone at this moment.',
  )
  @Nullable()
  @IsTimeZone()
  timeZone?: string | null;

  @Describe(
    'Minutes east of UTC. It holds when there is no timeZone; when it is sent alone, it removes timeZone.',
  )
  @Optional()
  @IsInt()
  @Min(-720)
  @Max(840)
  utcOffset?: number;

  @Describe('When it was changed; the present when left out. Years 1900 to 2999; kept to the millisecond.')
  @Optional()
  @IsInstant()
  occurredAt?: string;
}

/** Changes any fields of a user's profile. */
export class ChangeProfile extends StoreCommand<ChangeProfileBody> {
  override get stream(): string {
    return profileStream(this.userId);
  }
}
