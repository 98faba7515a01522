import type { EmotionAnswer, TrendAnswer, TriggerAnswer } from '../emotion/emotion.dto.js';
import type { ContextFacts, FeltEmotion } from './context-facts.js';
import type { Word } from './policy/built-in-policy.js';
import type { ContextPolicy } from './policy/context-policy.js';
import type { Wording } from './wording.js';

/** Triggers of one emotion in the list of triggers. */
const TRIGGERS_EACH = 3;

/** What the user feels and what to be careful about, the most important first. */
export function emotionLines(
  { felt, emotions }: ContextFacts,
  { limits, distressing }: ContextPolicy,
  wording: Wording,
): string[] {
  const lines: string[] = [];
  const course = courseOf(felt, wording).slice(0, limits.listed).toReversed();
  if (course.length > 0) lines.push(wording.say('feelings', { list: inWords(course, wording) }));
  const careful = carefulWith(emotions, new Set(distressing), wording);
  if (careful.length > 0) lines.push(wording.say('careful', { list: wording.list(careful) }));
  const earlier = emotions.flatMap((emotion) => earlierFeeling(emotion, wording) ?? []);
  if (earlier.length > 0) lines.push(wording.say('earlier', { list: wording.list(earlier) }));
  const trends = emotions.flatMap(({ emotion, trend }) => trendWords(emotion, trend, wording));
  const [newest] = felt;
  if (trends.length > 0 && newest)
    lines.push(
      wording.say('trends', { date: wording.date(newest.occurredAt), list: wording.list(trends, '; ') }),
    );
  const triggers = emotions
    .map((known) => ({ ...known, triggers: triggersOf(known).slice(0, TRIGGERS_EACH) }))
    .filter((known) => known.triggers.length > 0)
    .map(({ emotion, triggers: first }) => {
      const list = wording.list(first.map(({ trigger }) => trigger));
      return wording.say('triggersOf', { emotion, triggers: list });
    });
  if (triggers.length > 0) lines.push(wording.say('triggers', { list: wording.list(triggers, '; ') }));
  return lines.filter((line) => line.trim() !== '');
}

/** An emotion of one day that was felt several times without another one in between. */
interface Feeling {
  emotion: string;
  date: string;
  count: number;
  /** Sum of the intensities. */
  sum: number;
}

/** The newest first. */
function courseOf(felt: readonly FeltEmotion[], wording: Wording): Feeling[] {
  const course: Feeling[] = [];
  for (const { emotion, intensity, occurredAt } of felt) {
    const date = wording.date(occurredAt);
    const last = course.at(-1);
    if (last?.emotion === emotion && last.date === date) {
      last.count += 1;
      last.sum += intensity;
    } else course.push({ emotion, date, count: 1, sum: intensity });
  }
  return course;
}

/** The feelings in their order, each date once. */
function inWords(course: readonly Feeling[], wording: Wording): string {
  return course
    .map(({ emotion, date, count, sum }, i) => {
      const strength = wording.level('intensity', sum / count);
      const word: Word = date === course[i - 1]?.date ? 'feelingAgain' : 'feeling';
      const feeling = wording.say(word, { strength, emotion, date });
      return count === 1 ? feeling : wording.say('feelingOften', { feeling, count: String(count) });
    })
    .join(', ');
}

/** What another program had counted of an emotion, of which no single observation is known. */
function earlierFeeling(
  { emotion, imported }: Pick<EmotionAnswer, 'emotion' | 'imported'>,
  wording: Wording,
): string | undefined {
  if (!imported) return undefined;
  const { frequency, meanIntensity, lastAt } = imported;
  return wording.say(frequency === 1 ? 'earlierOnce' : 'earlierOften', {
    strength: wording.level('intensity', meanIntensity),
    emotion,
    count: String(frequency),
    date: wording.date(Date.parse(lastAt)),
  });
}

/**
 * The triggers of an emotion, the most frequent first; how often those of another program came up is not
 * known.
 */
function triggersOf({ triggers, imported }: EmotionAnswer): readonly TriggerAnswer[] {
  if (!imported) return triggers;
  const known = new Set(triggers.map(({ trigger }) => trigger));
  const others = imported.triggers.filter((trigger) => !known.has(trigger));
  return [...triggers, ...others.map((trigger) => ({ trigger, count: 0 }))];
}

function trendWords(emotion: string, { measure, direction }: TrendAnswer, wording: Wording): string[] {
  if (direction === 'stable') return [];
  const rises = direction === 'increasing';
  const count: Word = rises ? 'countIncreasing' : 'countDecreasing';
  const intensity: Word = rises ? 'intensityIncreasing' : 'intensityDecreasing';
  return [wording.say(measure === 'count' ? count : intensity, { emotion })];
}

/** The triggers of distressing emotions, the most frequent first, each with its most frequent emotion. */
function carefulWith(
  emotions: readonly EmotionAnswer[],
  distressing: ReadonlySet<string>,
  wording: Wording,
): string[] {
  const most = new Map<string, { emotion: string; count: number }>();
  for (const known of emotions) {
    const { emotion } = known;
    if (!distressing.has(emotion)) continue;
    for (const { trigger, count } of triggersOf(known))
      if (count > (most.get(trigger)?.count ?? -1)) most.set(trigger, { emotion, count });
  }
  return [...most]
    .toSorted(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1))
    .map(([trigger, { emotion }]) => wording.say('carefulWith', { trigger, emotion }));
}
