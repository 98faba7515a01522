import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNumber,
  IsObject,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_USED } from '../../../events/context/context-used.event.js';

/** The sections of a context, in the order in which they are shown. */
export const SECTION_NAMES = ['profile', 'emotions', 'memories', 'conversation'] as const;

/** One of the sections. */
export type SectionName = (typeof SECTION_NAMES)[number];

/** The heading of a section, and how much of the budget it gets. */
export class SectionPolicy {
  @Length(1, 120)
  title: string;

  /** Stands below the title. */
  @Length(0, 300)
  note: string;

  /** Tokens that the section is never cut below, as far as it has anything to say. */
  @IsInt()
  @Min(60)
  @Max(4_000)
  floor: number;

  /** Its share of what the floors leave, in relation to the other sections. */
  @IsNumber()
  @Min(0)
  @Max(1)
  share: number;
}

export class SectionPolicies {
  @ValidateNested()
  @Type(() => SectionPolicy)
  profile: SectionPolicy;

  @ValidateNested()
  @Type(() => SectionPolicy)
  emotions: SectionPolicy;

  @ValidateNested()
  @Type(() => SectionPolicy)
  memories: SectionPolicy;

  @ValidateNested()
  @Type(() => SectionPolicy)
  conversation: SectionPolicy;
}

/** How much is looked at, before the budget decides. */
export class Limits {
  /** Memories. */
  @IsInt()
  @Min(1)
  @Max(MAX_USED)
  memories: number;

  /** A memory with less confidence is left out. */
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence: number;

  /** A memory whose score is a smaller share of the best one's is left out. */
  @IsNumber()
  @Min(0)
  @Max(1)
  minScoreShare: number;

  /** With fewer found, important memories are added, and without a question there are as many of these. */
  @IsInt()
  @Min(0)
  @Max(MAX_USED)
  important: number;

  /** What counts as important. */
  @IsNumber()
  @Min(0)
  @Max(1)
  minImportance: number;

  /** Turns: the window has no more than ten. */
  @IsInt()
  @Min(1)
  @Max(10)
  turns: number;

  /** Emotions, interests, triggers and the like in one line. */
  @IsInt()
  @Min(1)
  @Max(20)
  listed: number;

  /** Longest memory and longest message, in tokens; what is longer is cut short. */
  @IsInt()
  @Min(20)
  @Max(4_000)
  memoryTokens: number;

  @IsInt()
  @Min(20)
  @Max(4_000)
  messageTokens: number;
}

/** The words for numbers below a bound; the last one is for all others. */
export class Band {
  @IsNumber()
  @Min(0)
  @Max(101)
  below: number;

  @Length(1, 300)
  words: string;
}

const BANDS = [
  ValidateNested({ each: true }),
  Type(() => Band),
  ArrayMaxSize(20),
  ArrayMinSize(1),
  IsArray(),
];

function Bands(): PropertyDecorator {
  return (target, name) => {
    for (const decorate of BANDS) decorate(target, name);
  };
}

/** What the levels of a profile (0..100) and an intensity (0..1) are called. */
export class LevelWords {
  @Bands()
  empathyLevel: Band[];

  @Bands()
  humorLevel: Band[];

  @Bands()
  formalityLevel: Band[];

  @Bands()
  verbosityLevel: Band[];

  @Bands()
  proactivenessLevel: Band[];

  @Bands()
  intensity: Band[];
}

/** All that is decided about a context beside the facts: which sections, how long, and in which words. */
export class ContextPolicy {
  @ValidateNested()
  @Type(() => SectionPolicies)
  sections: SectionPolicies;

  @ValidateNested()
  @Type(() => Limits)
  limits: Limits;

  @ValidateNested()
  @Type(() => LevelWords)
  levels: LevelWords;

  /** Sentences with places for facts, such as `{name}`. */
  @IsObject()
  words: Record<string, string>;

  /** Emotions with whose triggers the companion should be careful, in their normal form. */
  @IsArray()
  @ArrayMaxSize(200)
  @Length(1, 64, { each: true })
  distressing: string[];

  /** The names of the months, for dates. */
  @IsArray()
  @ArrayMinSize(12)
  @ArrayMaxSize(12)
  @Length(1, 20, { each: true })
  months: string[];
}

/** A policy with the name that receipts know it by. */
export interface NamedPolicy {
  /** First 16 hex digits of SHA-256 over the policy and all else that decides the bytes. */
  version: string;
  policy: ContextPolicy;
  /** The version of the word vectors by which its memories are found; undefined for none. */
  wordVectors?: string;
}
