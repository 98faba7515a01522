import { instantOf } from '../../app/question.js';
import { ask } from '../../net/ask.js';
import { isWanted } from './only.js';

/** The log is read forwards; going back, each look begins this many positions earlier, then more. */
const FIRST_STEP = 200;
const LARGEST_STEP = 5_000;
/** A page is full with this many events. */
const PAGE = 100;
/** Most looks for one page: rare events in a long log must not keep the service busy. */
const MAX_LOOKS = 12;

/**
 * Reads the last events up to a position, newest first.
 * @param {import('../../app/question.js').Question} question
 * @param {number} end
 * @param {AbortSignal} signal
 * @returns {Promise<{ items: any[], before: number }>} before: read on from there; 0 at the beginning of the log
 */
export async function readBack({ params, users, from, to, zone }, end, signal) {
  /** @type {any[]} */
  const items = [];
  const only = users?.split(',') ?? [];
  let step = FIRST_STEP;
  let before = end;
  for (let look = 0; look < MAX_LOOKS && before > 0 && items.length < PAGE; look++) {
    const after = Math.max(0, before - step);
    const query = {
      after,
      limit: Math.min(step, LARGEST_STEP),
      types: params.types,
      userId: only.length === 1 ? only[0] : undefined,
      from: instantOf(from, zone),
      to: instantOf(to, zone),
    };
    const found = (await eventsUpTo(query, before, signal)).filter(
      (event) => (only.length < 2 || only.includes(event.userId)) && isWanted(event, params),
    );
    items.push(...found.toReversed());
    before = after;
    step = Math.min(step * 3, LARGEST_STEP);
  }
  return { items, before };
}

/**
 * A page may end early, when its events are large.
 * @param {Record<string, any>} query
 * @param {number} upTo
 * @param {AbortSignal} signal
 */
async function eventsUpTo(query, upTo, signal) {
  /** @type {any[]} */
  const items = [];
  for (let { after } = query; after < upTo;) {
    const { body } = await ask({ path: '/v1/events', params: { ...query, after } }, signal);
    items.push(...body.items.filter((/** @type {any} */ event) => event.position <= upTo));
    if (body.nextAfter <= after) break;
    after = body.nextAfter;
  }
  return items;
}
