import { LRUCache } from 'lru-cache';

/** The longest name in the IANA database has 32 characters. */
const MAX_NAME_LENGTH = 64;
/**
 * Old identifiers that ICU accepts beside IANA's; its abbreviations mean different zones to different people.
 */
const NOT_IANA = /^(?:SystemV\/|(?!(?:UTC|UCT|GMT|EST|MST|HST|CET|MET|EET|WET|PRC|ROC|ROK)$)[a-z]{3}$)/i;
/** A formatter takes about 100 us to make and 30 KB to keep. */
const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });

/** Whether the text is the name of a zone, or of an alias, in the IANA time zone database. */
export function isTimeZone(text: unknown): boolean {
  return typeof text === 'string' && offsetFormat(text) !== undefined;
}

/** Whether the text is a time zone, or `event`. */
export function isReportZone(text: unknown): boolean {
  return text === 'event' || isTimeZone(text);
}

/**
 * Returns the name as it is stored: in IANA's spelling. An alias (`Asia/Calcutta`, `Asia/Kolkata`) stays as
 * it was sent, since releases of the database disagree on which of the two is the alias.
 */
export function canonicalTimeZone(name: string): string {
  const resolved = offsetFormat(name)?.resolvedOptions().timeZone ?? name;
  return resolved.toLowerCase() === name.toLowerCase() ? resolved : name;
}

/**
 * Returns a formatter that writes the zone's UTC offset; undefined for a name that this program does not
 * know.
 */
export function offsetFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone);
  if (known) return known;
  // Offsets such as +05:30 are accepted by Intl, but a fixed offset is what `utcOffset` is for.
  if (timeZone.length > MAX_NAME_LENGTH || !/^[a-z]/i.test(timeZone) || NOT_IANA.test(timeZone))
    return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
    return format;
  } catch {
    return undefined;
  }
}
