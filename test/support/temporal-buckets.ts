import { Temporal } from 'temporal-polyfill';
import type { Bucket, WeekStart } from '../../src/modules/calendar.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST_WEEKDAY: Record<WeekStart, number> = { monday: 1, sunday: 7, saturday: 6 };

/** A bucket according to Temporal: its instants, ms since 1970 UTC, and its start in local time. */
export interface TemporalBucket {
  start: number;
  end: number;
  startLocal: string;
}

/** The bucket of an instant in a time zone. */
export function temporalBucket(
  at: number,
  { zone, bucket, weekStart }: { zone: string; bucket: Exclude<Bucket, 'all'>; weekStart: WeekStart },
): TemporalBucket {
  const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  if (bucket === 'hour') return hourOf(shown);
  const day = shown.toPlainDate();
  const first = {
    day,
    week: day.subtract({ days: (day.dayOfWeek - FIRST_WEEKDAY[weekStart] + 7) % 7 }),
    month: day.with({ day: 1 }),
    quarter: day.with({ day: 1, month: Math.floor((day.month - 1) / 3) * 3 + 1 }),
    year: day.with({ day: 1, month: 1 }),
  }[bucket];
  const length = {
    day: { days: 1 },
    week: { days: 7 },
    month: { months: 1 },
    quarter: { months: 3 },
    year: { years: 1 },
  }[bucket];
  return {
    start: first.toZonedDateTime(zone).epochMilliseconds,
    end: first.add(length).toZonedDateTime(zone).epochMilliseconds,
    startLocal: `${first.toString()}T00:00:00`,
  };
}

/** An hour never crosses a change of the offset. */
function hourOf(shown: Temporal.ZonedDateTime): TemporalBucket {
  const start = shown.epochMilliseconds - shown.minute * MINUTE - shown.second * 1_000 - shown.millisecond;
  const previous = shown.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = shown.getTimeZoneTransition('next');
  return {
    start: Math.max(start, previous?.epochMilliseconds ?? -Infinity),
    end: Math.min(start + HOUR, next?.epochMilliseconds ?? Infinity),
    startLocal: shown.toPlainDateTime().round({ smallestUnit: 'hour', roundingMode: 'floor' }).toString(),
  };
}
