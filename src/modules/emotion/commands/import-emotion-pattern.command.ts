import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  Length,
  Max,
  Min,
} from 'class-validator';
import {
  TREND_DIRECTIONS,
  type TrendDirection,
} from '../../../events/emotion/emotion-pattern-imported.event.js';
import {
  Describe,
  IsInstant,
  IsLabel,
  LABEL_NOTE,
  Optional,
  TRIGGERS_NOTE,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** What another program knew of an emotion. */
export class ImportEmotionPatternBody {
  @Describe(LABEL_NOTE)
  @IsLabel(64)
  emotion: string;

  @Describe('How often it was observed.')
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  frequency: number;

  @Describe('0..1')
  @IsNumber()
  @Min(0)
  @Max(1)
  meanIntensity: number;

  @Describe(TRIGGERS_NOTE)
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  triggers?: string[];

  @Describe("Observations by hour of the user's local day.")
  @Optional()
  @IsArray()
  @ArrayMinSize(24)
  @ArrayMaxSize(24)
  @IsInt({ each: true })
  @Min(0, { each: true })
  hours?: number[];

  @Describe('`stable` when left out.')
  @Optional()
  @IsIn(TREND_DIRECTIONS)
  trend?: TrendDirection;

  @Describe('When it was observed last; the present when left out.')
  @Optional()
  @IsInstant()
  lastAt?: string;
}

/** Takes over what another program knew of an emotion; it replaces what was taken over before. */
export class ImportEmotionPattern extends StoreCommand<ImportEmotionPatternBody> {}
