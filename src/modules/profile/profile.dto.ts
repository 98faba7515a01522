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
import { IsSmallJson, IsText, Nullable, Optional } from '../../validation/fields.js';

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

/** Any of a profile's fields. */
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

  /** Minutes east of UTC. */
  @Optional()
  @IsInt()
  @Min(-720)
  @Max(840)
  utcOffset?: number;
}

/** How the companion speaks aloud: speed 0.5..2, pitch 0..2. */
export class VoiceAnswer {
  enabled: boolean;
  speed: number;
  pitch: number;
  autoSpeak: boolean;
}

/** A user's profile. Levels are 0..100. */
export class ProfileAnswer {
  userId: string;
  name: string | null;
  gender: string;
  empathyLevel: number;
  humorLevel: number;
  formalityLevel: number;
  verbosityLevel: number;
  proactivenessLevel: number;
  preferredTone: string;
  responseStyle: string;
  emojiUsage: boolean;
  voice: VoiceAnswer;
  interests: string[];
  dislikes: string[];
  communicationPatterns: Record<string, unknown>;
  utcOffset: number;
  /** Sessions begun. */
  totalConversations: number;
  /** Messages of the user: one a turn. */
  totalMessages: number;
  /** Mean over all sessions of the minutes from first to last activity. */
  avgSessionMinutes: number;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** The answer of a change. */
export class ProfileChangedAnswer {
  profile: ProfileAnswer;
  position: number;
  version: number;
}
