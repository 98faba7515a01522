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
import { IsSmallJson, IsText, IsTimeZone, Nullable, Optional, Describe } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

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
  @IsText(1, 255)
  name?: string | null;

  @Optional()
  @IsText(1, 50)
  gender?: string;

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
  @IsText(1, 50)
  preferredTone?: string;

  @Optional()
  @IsText(1, 50)
  responseStyle?: string;

  @Optional()
  @IsBoolean()
  emojiUsage?: boolean;

  @Optional()
  @ValidateNested()
  @Type(() => VoiceChange)
  voice?: VoiceChange;

  @Optional()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  interests?: string[];

  @Optional()
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 200, { each: true })
  dislikes?: string[];

  @Optional()
  @IsSmallJson(16_384)
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
}

/** Changes any fields of a user's profile. */
export class ChangeProfile extends StoreCommand<ChangeProfileBody> {
  override get stream(): string {
    return profileStream(this.userId);
  }
}
