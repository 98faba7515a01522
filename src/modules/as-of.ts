import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInput } from '../errors.js';
import type { LogPoint } from '../events/log/log-point.js';
import type { Reads } from '../projections/reads/reads.js';
import { instantMs, isInstant } from '../validation/instants.js';

/**
 * A time that no event follows yet is answered once it is this long past, ms: until then a command may be
 * committing that was stamped before it, and the time would name another position afterwards.
 */
const SETTLE_MS = 1_000;

/** The part of the reads that finds a place in the log. */
export type PointReads = Pick<Reads, 'storeHead' | 'positionAt' | 'recordedAt'>;

/**
 * Returns the place in the log that `asOf` names: a position, or the last event recorded at or before an RFC
 * 3339 time. A time before the first event is position 0. Throws InvalidInput, with the head of the log, for a
 * position after the head, a time in the future and anything else; `field` is the name in the error.
 */
export async function resolveAsOf(reads: PointReads, asOf: string, field = 'asOf'): Promise<LogPoint> {
  if (/^\d{1,16}$/.test(asOf)) return pointOf(reads, Number(asOf), field);
  if (!isInstant(asOf)) throw await refused(reads, field, 'must be a position or an RFC 3339 time');
  return pointAt(reads, asOf, field);
}

async function pointOf(reads: PointReads, position: number, field: string): Promise<LogPoint> {
  const { head } = await reads.storeHead();
  if (position > head) throw await refused(reads, field, 'must not be after the end of the log');
  return { position, recordedAt: (await reads.recordedAt(position)) ?? null };
}

/** The place in the log at a time. Throws InvalidInput for a time in the future; see `resolveAsOf`. */
async function pointAt(reads: PointReads, time: string, field: string): Promise<LogPoint> {
  const at = instantMs(time);
  const point = await reads.positionAt(at);
  const { head } = await reads.storeHead();
  // An event follows it, so that no later one can be recorded before it.
  if (point.position < head) return point;
  const ahead = at - Date.now();
  // The clock may have been set back: up to the last event the log decides.
  if (ahead > 0 && at > (point.recordedAt ?? 0))
    throw await refused(reads, field, 'must not be in the future');
  if (ahead <= -SETTLE_MS) return point;
  await sleep(SETTLE_MS + Math.min(0, ahead));
  return reads.positionAt(at);
}

/** Says what would be valid: the log's end, and when it was recorded. */
async function refused(reads: PointReads, field: string, rule: string): Promise<InvalidInput> {
  const { head } = await reads.storeHead();
  const recordedAt = isoTime((await reads.recordedAt(head)) ?? null);
  const end = recordedAt === null ? 'which is empty' : `recorded at ${recordedAt}`;
  const message = `${rule}; the log ends at position ${head}, ${end}`;
  return new InvalidInput('request.invalid', `${field}: ${message}`, {
    errors: [{ path: field, message }],
    extra: { head, headRecordedAt: recordedAt },
  });
}

/** Converts ms UTC to ISO 8601. */
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
