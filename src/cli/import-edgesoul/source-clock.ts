import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../durations.js';
import { instantOf, type Clock } from '../../modules/zone-clock.js';

const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** An instant, ms since 1970 UTC, and the offset of the server's clock then, minutes east of UTC. */
export interface SourceTime {
  at: number;
  utcOffset: number;
}

/** The clocks of the original: it wrote some times in UTC, and others by the local time of its server. */
export class SourceClock {
  constructor(
    private readonly zone: Clock,
    /** Ms since 1970 UTC. */
    private readonly now: number,
  ) {}

  /** A time by the server's own clock; undefined if it is none, or cannot be true. */
  local(text: string): SourceTime | undefined {
    const written = parse(text);
    if (written === undefined) return undefined;
    return this.known(written.offset === undefined ? instantOf(written.ms, this.zone) : written.ms);
  }

  /** A time in UTC. */
  utc(text: string): SourceTime | undefined {
    const written = parse(text);
    return written && this.known(written.ms);
  }

  /**
   * The time of a memory: its id ends with the seconds since 1970 at which it was formed, and the column has
   * the same time by the server's clock. The difference is the clock's offset, when it is one.
   */
  ofMemory(id: string, createdAt: string): SourceTime | undefined {
    const seconds = /_(\d{9,10}(?:\.\d{1,6})?)$/.exec(id)?.[1];
    const written = parse(createdAt);
    if (seconds === undefined || written === undefined || written.offset !== undefined) return undefined;
    const at = Math.floor(Number(seconds) * 1_000);
    const utcOffset = Math.round((written.ms - at) / (15 * MINUTE_MS)) * 15;
    const isOffset =
      Math.abs(written.ms - at - utcOffset * MINUTE_MS) < 5_000 && Math.abs(utcOffset) <= 14 * 60;
    return isOffset && this.known(at) ? { at, utcOffset } : undefined;
  }

  private known(at: number): SourceTime | undefined {
    const isPossible = at >= Date.UTC(1970, 0, 2) && at <= this.now + DAY_MS - HOUR_MS;
    return isPossible ? { at, utcOffset: Math.round(this.zone.offsetAt(at) / MINUTE_MS) } : undefined;
  }
}

/** The time as the service takes it: with the offset, so that the local time of then is recorded. */
export function timeText({ at, utcOffset }: SourceTime): string {
  if (utcOffset === 0) return new Date(at).toISOString();
  const local = new Date(at + utcOffset * MINUTE_MS).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(utcOffset) / 60), Math.abs(utcOffset) % 60];
  return `${local}${utcOffset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}

/** The time as if it were in UTC, ms; with an offset, in UTC. */
function parse(text: string): { ms: number; offset?: string } | undefined {
  const [whole, year, month, day, hour, minute, second = '00', fraction = '', zone] =
    WRITTEN.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const base = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const ms = Date.parse(base + (zone?.toUpperCase() ?? 'Z'));
  // Date.parse takes the 31st of a shorter month for the first of the next.
  if (Number.isNaN(ms) || new Date(Date.parse(`${base}Z`)).getUTCDate() !== Number(day)) return undefined;
  return zone === undefined ? { ms } : { ms, offset: zone };
}
