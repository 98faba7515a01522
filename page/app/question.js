import { ask, Problem } from '../net/ask.js';

/**
 * What the bar on top asks, the same for everything on the page.
 * @typedef {object} Question
 * @property {string} place
 * @property {string} rest
 * @property {Record<string, string>} params parameters of the address
 * @property {string} zone UTC, `event` or an IANA name
 * @property {string} bucket
 * @property {string | undefined} from
 * @property {string | undefined} to
 * @property {string | undefined} users
 * @property {Moment | undefined} asOf undefined: now
 *
 * @typedef {object} Moment
 * @property {number} position
 * @property {string | null} recordedAt
 */

/** Presets of the range, in days. */
export const RANGES = /** @type {Record<string, number>} */ ({ '7d': 7, '30d': 30, '90d': 90, '12m': 365 });
export const BUCKETS = ['hour', 'day', 'week', 'month', 'quarter', 'year'];
const DAY_MS = 86_400_000;

/**
 * Turns the address into a question: relative ranges become dates, an automatic bucket becomes one.
 * @param {import('./address.js').Address} address
 * @param {AbortSignal} signal
 * @returns {Promise<Question>}
 */
export async function questionOf({ place, rest, params }, signal) {
  const zone = params.zone ?? 'UTC';
  const asOf = params.asOf ? await momentOf(params.asOf, signal) : undefined;
  const { from, to } = rangeOf(params, zone, asOf);
  const users = place === 'user' && rest ? rest : params.users;
  const base = { place, rest, params, zone, from, to, users, asOf };
  // Nothing in Operations has buckets.
  const bucket =
    params.bucket ??
    (place === 'operations' ? 'day' : await fittingBucket({ ...base, bucket: 'month' }, signal));
  return { ...base, bucket };
}

/**
 * Parameters of a report for the question.
 * @param {Question} question
 * @param {Record<string, string | number | undefined>} [own]
 */
export function reportParams({ from, to, zone, bucket, users, asOf }, own = {}) {
  return {
    from,
    to,
    timeZone: zone === 'UTC' ? undefined : zone,
    bucket,
    users,
    asOf: asOf?.position,
    ...own,
  };
}

/**
 * The moment that an address names by a position or a time.
 * @param {string} asOf
 * @param {AbortSignal} [signal]
 * @returns {Promise<Moment>}
 */
export async function momentOf(asOf, signal) {
  if (!/^\d+$/.test(asOf)) {
    const { body } = await ask({ path: '/v1/positions', params: { at: asOf } }, signal);
    return { position: body.position, recordedAt: body.recordedAt };
  }
  const position = Number(asOf);
  if (position === 0) return { position, recordedAt: null };
  const { items, head } = await pageFrom(position, signal);
  if (position > head) throw new Error(`There is no position ${asOf} yet: the log ends at ${head}.`);
  return { position, recordedAt: items[0]?.recordedAt ?? null };
}

/**
 * The page of the log that begins at a position; without items after the end of the log.
 * @param {number} position
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ items: { recordedAt: string }[], head: number }>}
 */
async function pageFrom(position, signal) {
  try {
    return (await ask({ path: '/v1/events', params: { after: position - 1, limit: 1 } }, signal)).body;
  } catch (error) {
    // What the service says is for a reader who follows the log.
    if (error instanceof Problem && error.code === 'feed.position-ahead')
      return { items: [], head: error.head };
    throw error;
  }
}

/**
 * @param {Record<string, string>} params
 * @param {string} zone
 * @param {Moment | undefined} asOf
 */
function rangeOf(params, zone, asOf) {
  const days = RANGES[params.range ?? ''];
  if (days === undefined) return { from: params.from, to: params.to };
  const end = asOf?.recordedAt ? Date.parse(asOf.recordedAt) : Date.now();
  return { from: dateIn(zone, end - (days - 1) * DAY_MS), to: dateIn(zone, end + DAY_MS) };
}

/**
 * The date of an instant in a zone, such as 2026-07-01.
 * @param {string} zone
 * @param {number} at
 */
export function dateIn(zone, at) {
  const timeZone = zone === 'event' ? 'UTC' : zone;
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
}

/**
 * The instant at which a date begins in a zone; instants stay what they are.
 * @param {string | undefined} time
 * @param {string} zone
 */
export function instantOf(time, zone) {
  if (!time || time.length > 10) return time;
  const midnight = Date.parse(`${time}T00:00:00Z`);
  const timeZone = zone === 'event' ? 'UTC' : zone;
  let at = midnight;
  // A second look, in case the clock changes in between.
  for (let look = 0; look < 2; look++) {
    const local = new Date(at).toLocaleString('sv-SE', { timeZone });
    at += midnight - Date.parse(`${local.replace(' ', 'T')}Z`);
  }
  return new Date(at).toISOString();
}

/**
 * The bucket that gives a chart some thirty to a hundred and fifty of them.
 * @param {Question} question
 * @param {AbortSignal} signal
 */
async function fittingBucket(question, signal) {
  const days = await daysOf(question, signal);
  if (days <= 2.5) return 'hour';
  if (days <= 120) return 'day';
  return days <= 3 * 365 ? 'week' : 'month';
}

/**
 * @param {Question} question
 * @param {AbortSignal} signal
 */
async function daysOf(question, signal) {
  const { from, to } = question;
  if (from && to) return (Date.parse(to) - Date.parse(from)) / DAY_MS;
  try {
    const { body } = await ask({ path: '/v1/reports/usage', params: reportParams(question) }, signal);
    // When users were registered says nothing about conversations that were imported.
    const used = body.items.filter((/** @type {any} */ { turns, emotions }) => turns + emotions > 0);
    const first = used[0]?.start;
    const last = used.at(-1)?.start;
    const span = first ? (Date.parse(last) - Date.parse(first)) / DAY_MS : 0;
    // Within one month there is no telling how much of it.
    return span === 0 ? 31 : span + 31;
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    // Each panel of the place tells what is wrong.
    return 31;
  }
}
