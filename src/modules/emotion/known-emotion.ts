import {
  variance,
  type EmotionPatternRow,
  type ImportedEmotionRow,
} from '../../projections/emotion-trend.projection.js';
import type { EmotionAnswer, ImportedEmotionAnswer } from './emotion.dto.js';

/**
 * An emotion of a user: what was observed of it, and what another program knew of it; at least one of both.
 */
export interface KnownEmotion {
  emotion: string;
  /** How often it was felt, by both. */
  frequency: number;
  observed?: EmotionPatternRow | undefined;
  imported?: ImportedEmotionRow | undefined;
}

/** Puts together what is known of an emotion; one of the two must be given. */
export function knownEmotion(
  observed: EmotionPatternRow | undefined,
  imported: ImportedEmotionRow | undefined,
): KnownEmotion {
  const emotion = (observed ?? imported)?.emotion ?? '';
  return { emotion, frequency: (observed?.frequency ?? 0) + (imported?.frequency ?? 0), observed, imported };
}

/** What is known of an emotion that was never felt. */
const NOTHING = {
  frequency: 0,
  meanIntensity: 0,
  hours: [] as number[],
  firstAt: Infinity,
  lastAt: -Infinity,
};

type Sums =
  | 'emotion'
  | 'frequency'
  | 'meanIntensity'
  | 'variance'
  | 'hours'
  | 'firstAt'
  | 'lastAt'
  | 'imported';

/** The sums over both, and what was imported apart. */
export function emotionSums({
  emotion,
  frequency,
  observed,
  imported,
}: KnownEmotion): Pick<EmotionAnswer, Sums> {
  const own = observed ?? NOTHING;
  const other = imported ? { ...imported, firstAt: imported.lastAt } : NOTHING;
  return {
    emotion,
    frequency,
    // Without an import it stays exactly what was observed.
    meanIntensity: imported ? (total(own) + total(other)) / frequency : own.meanIntensity,
    variance: observed ? variance(observed) : 0,
    hours: Array.from({ length: 24 }, (_, hour) => (own.hours[hour] ?? 0) + (other.hours[hour] ?? 0)),
    firstAt: new Date(Math.min(own.firstAt, other.firstAt)).toISOString(),
    lastAt: new Date(Math.max(own.lastAt, other.lastAt)).toISOString(),
    ...(imported && { imported: importedAnswer(imported) }),
  };
}

function total({ frequency, meanIntensity }: { frequency: number; meanIntensity: number }): number {
  return frequency * meanIntensity;
}

function importedAnswer({
  userId: _user,
  emotion: _emotion,
  lastAt,
  ...sums
}: ImportedEmotionRow): ImportedEmotionAnswer {
  return { ...sums, lastAt: new Date(lastAt).toISOString() };
}
