import {
  variance,
  type EmotionPatternRow,
  type ImportedEmotionRow,
} from '../../projections/emotion-trend.projection.js';
import type { EmotionAnswer, ImportedEmotionAnswer } from './emotion.dto.js';

/** An emotion of a user: what was observed of it, and what another program knew of it; at least one of both. */
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

/** The sums over both, and what was imported apart. */
export function emotionSums({
  emotion,
  frequency,
  observed,
  imported,
}: KnownEmotion): Pick<
  EmotionAnswer,
  'emotion' | 'frequency' | 'meanIntensity' | 'variance' | 'hours' | 'firstAt' | 'lastAt' | 'imported'
> {
  const meanIntensity = imported
    ? (total(observed) + total(imported)) / frequency
    : (observed?.meanIntensity ?? 0);
  const firstAt = Math.min(observed?.firstAt ?? Infinity, imported?.lastAt ?? Infinity);
  const lastAt = Math.max(observed?.lastAt ?? -Infinity, imported?.lastAt ?? -Infinity);
  return {
    emotion,
    frequency,
    meanIntensity,
    variance: observed ? variance(observed) : 0,
    hours: Array.from(
      { length: 24 },
      (_, hour) => (observed?.hours[hour] ?? 0) + (imported?.hours[hour] ?? 0),
    ),
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    ...(imported && { imported: importedAnswer(imported) }),
  };
}

function total(sums: { frequency: number; meanIntensity: number } | undefined): number {
  return sums ? sums.frequency * sums.meanIntensity : 0;
}

function importedAnswer({
  userId: _user,
  emotion: _emotion,
  lastAt,
  ...sums
}: ImportedEmotionRow): ImportedEmotionAnswer {
  return { ...sums, lastAt: new Date(lastAt).toISOString() };
}
