import type { Refolded } from '../../operations/rebuild/verify-refolded.js';
import type { StoppedProjection } from '../../projections/folding/fold-store.js';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `1536` is `1.5 KB`. */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * step);
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step]}`;
}

/** The age of an ISO 8601 time, rounded down to its largest unit: `90` minutes are `1 h`. */
export function ageText(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1_000));
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  }
  return `${seconds} s`;
}

/** `1234` is `1.23 s`. */
export function timeText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** The position and event at which a projection stopped, and the cause. */
export function stoppedText({ projection, position, eventId, cause }: StoppedProjection): string {
  return `  ${projection} stopped at position ${position}, event ${eventId}: ${cause}`;
}

/**
 * The command that skips the event in the store in which the projection stopped, or restores a damaged one.
 */
export function skipText({ eventId, damaged }: Pick<StoppedProjection, 'eventId' | 'damaged'>): string {
  if (damaged) return '  To bring that event back as it was written: npm run edgesoul -- restore';
  return `  To skip that event permanently: npm run edgesoul -- rebuild --skip ${eventId}`;
}

/** What a restore or an import folded again, as a warning; none if it did not. */
export function refoldedTexts(refolded: Refolded | null): string[] {
  if (!refolded) return [];
  const rows = refolded.projections.map(({ name, differences }) => `${differences} rows of ${name}`);
  return [
    `Warning: ${[...rows, ...refolded.findings].join('; ')}. This is not what the log yields, so it was folded again; the log is intact.`,
  ];
}

/** The counts, speed and time left of work, as far as they are known; empty before anything is. */
export function progressText(
  { done, total, ms }: { done: number; total: number; ms: number },
  unit?: string,
): string {
  if (done <= 0 || total <= 0 || ms <= 0) return '';
  const perSecond = (done * 1_000) / ms;
  const counts =
    unit === undefined
      ? []
      : [
          `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}`,
          `${Math.round(perSecond).toLocaleString('en')}/s`,
        ];
  const left = `${remainingText(Math.max(0, total - done) / perSecond)} left`;
  return [...counts, left].map((part) => ` | ${part}`).join('');
}

function remainingText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
