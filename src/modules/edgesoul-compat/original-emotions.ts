import type { EmotionAnswer, EmotionBucketAnswer } from '../emotion/emotion.dto.js';
import type { OriginalPattern, OriginalSummary } from './original-emotions.dto.js';

const MAX_TRIGGERS = 10;
const NAMED_TRIGGERS = 3;
/** From this many times on, an emotion is frequent. */
const FREQUENT = 5;
/** How much one side must outweigh the other for a mood to change. */
const OUTWEIGHS = 1.5;
const POSITIVE = ['joy', 'love', 'surprise'];
const NEGATIVE = ['sadness', 'anger', 'fear'];

/** An emotion in the original's words. */
export function originalPattern(emotion: EmotionAnswer): OriginalPattern {
  const hours = emotion.hours.flatMap((count, hour): [string, number][] =>
    count > 0 ? [[`${String(hour).padStart(2, '0')}:00`, count]] : [],
  );
  return {
    frequency: emotion.frequency,
    avg_intensity: emotion.meanIntensity,
    triggers: triggersOf(emotion),
    last_occurrence: emotion.lastAt,
    time_patterns: Object.fromEntries(hours),
    trend: emotion.trend.direction,
  };
}

/** Summarizes what was felt since a time; undefined when nothing was. */
export function originalSummary(
  {
    emotions,
    observed,
    from,
  }: { emotions: readonly EmotionAnswer[]; observed: readonly EmotionBucketAnswer[]; from: string },
  { userId, days, now }: { userId: string; days: number; now: number },
): OriginalSummary | undefined {
  const counts = countsSince(from, emotions, observed);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return {
    user_id: userId,
    time_period: `${days} days`,
    dominant_emotion: sorted[0]?.[0] ?? '',
    emotion_distribution: Object.fromEntries(
      sorted.map(([emotion, count]) => [emotion, (100 * count) / total]),
    ),
    mood_trend: moodOf(counts),
    notable_patterns: sorted.flatMap(([emotion, count]) => notable(emotion, count, emotions)),
    generated_at: new Date(now).toISOString(),
  };
}

/** Of a pattern that was taken over, only when it was last felt is known: that is one occurrence. */
function countsSince(
  from: string,
  emotions: readonly EmotionAnswer[],
  observed: readonly EmotionBucketAnswer[],
): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (emotion: string, count: number) => counts.set(emotion, (counts.get(emotion) ?? 0) + count);
  for (const { emotion, count } of observed) add(emotion, count);
  for (const { emotion, imported } of emotions) if (imported && imported.lastAt >= from) add(emotion, 1);
  return counts;
}

function moodOf(counts: ReadonlyMap<string, number>): OriginalSummary['mood_trend'] {
  const sum = (labels: readonly string[]) =>
    labels.reduce((total, each) => total + (counts.get(each) ?? 0), 0);
  const [positive, negative] = [sum(POSITIVE), sum(NEGATIVE)];
  if (positive > OUTWEIGHS * negative) return 'improving';
  return negative > OUTWEIGHS * positive ? 'declining' : 'stable';
}

function notable(emotion: string, count: number, emotions: readonly EmotionAnswer[]): string[] {
  const known = emotions.find((each) => each.emotion === emotion);
  const triggers = known ? triggersOf(known).slice(0, NAMED_TRIGGERS) : [];
  const capitalized = emotion.replace(/^./u, (first) => first.toUpperCase());
  return [
    ...(count >= FREQUENT ? [`Frequent ${emotion} (${count} times)`] : []),
    ...(triggers.length > 0 ? [`${capitalized} triggers: ${triggers.join(', ')}`] : []),
  ];
}

function triggersOf({ triggers, imported }: EmotionAnswer): string[] {
  const names = [...triggers.map(({ trigger }) => trigger), ...(imported?.triggers ?? [])];
  return [...new Set(names)].slice(0, MAX_TRIGGERS);
}
