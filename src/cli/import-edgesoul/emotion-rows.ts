import { TREND_DIRECTIONS } from '../../events/emotion/emotion-pattern-imported.event.js';
import { label, labels } from '../../events/labels.js';
import { RowRefused, userIdOf, type ImportCommand } from './import-command.js';
import { timeText, type SourceTime } from './source-clock.js';
import type { SourceRow } from './source-row.js';

const MAX_FREQUENCY = 1_000_000_000;
const MAX_TRIGGERS = 50;

/** What a row says of one emotion of a user. */
export interface SourcePattern {
  userId: string;
  /** In its normal form. */
  emotion: string;
  frequency: number;
  /** 0..1 */
  meanIntensity: number;
  triggers: string[];
  hours: number[];
  trend: (typeof TREND_DIRECTIONS)[number];
  last: SourceTime | undefined;
}

/** Reads a pattern. Throws RowRefused when it says nothing. */
export function sourcePattern(row: SourceRow): SourcePattern {
  const userId = userIdOf(row.id('user_id'));
  const emotion = label(row.text('emotion', 64) ?? '');
  if (emotion === '') throw new RowRefused('no emotion');
  const frequency = row.integer('frequency', 0, MAX_FREQUENCY) ?? 0;
  if (frequency === 0) throw new RowRefused('a frequency of 0');
  const meanIntensity = row.share('avg_intensity');
  if (meanIntensity === undefined) throw new RowRefused('no intensity');
  const last = row.local('last_occurrence');
  if (last && last.utcOffset !== 0) row.repair('local time');
  const triggers = labels(row.texts('triggers', MAX_TRIGGERS, 128));
  const trend = TREND_DIRECTIONS.find((each) => each === row.id('trend')) ?? 'stable';
  return { userId, emotion, frequency, meanIntensity, triggers, hours: hoursOf(row), trend, last };
}

/** Two rows of one emotion, such as `Joy` and `joy`, are one pattern. */
export function merged(a: SourcePattern, b: SourcePattern): SourcePattern {
  const frequency = Math.min(MAX_FREQUENCY, a.frequency + b.frequency);
  const newest = (b.last?.at ?? 0) > (a.last?.at ?? 0) ? b : a;
  return {
    ...newest,
    frequency,
    meanIntensity:
      (a.frequency * a.meanIntensity + b.frequency * b.meanIntensity) / (a.frequency + b.frequency),
    triggers: [...new Set([...a.triggers, ...b.triggers])].slice(0, MAX_TRIGGERS),
    hours: a.hours.map((count, hour) => count + (b.hours[hour] ?? 0)),
  };
}

/** The command that takes over a pattern: the service compares it with what it took over before. */
export function patternCommand({ last, ...pattern }: SourcePattern): ImportCommand {
  return { command: 'ImportEmotionPattern', ...pattern, ...(last && { lastAt: timeText(last) }) };
}

/** The counts by hour, which the original names `00:00` to `23:00`. */
function hoursOf(row: SourceRow): number[] {
  const hours = Array.from({ length: 24 }, () => 0);
  for (const [slot, count] of Object.entries(row.object('time_patterns'))) {
    const hour = Number(/^(\d{1,2}):\d{2}$/.exec(slot)?.[1] ?? NaN);
    if (hour >= 0 && hour < 24 && Number.isSafeInteger(count) && Number(count) >= 0)
      hours[hour] = Number(count);
    else row.repair('time pattern');
  }
  return hours;
}
