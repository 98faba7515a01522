import { instantOf } from '../../app/question.js';
import { count } from '../../dom/format.js';
import { fill, h } from '../../dom/h.js';
import { icon } from '../../dom/icons.js';
import { ask, urlOf } from '../../net/ask.js';
import { lostConnection } from '../../net/connection.js';
import { EventStream } from '../../net/event-stream.js';
import { emptyView, problemView } from '../../parts/problem.js';
import { requestButton } from '../../parts/requests.js';
import { eventRow } from './event-row.js';
import { isWanted, ONLY } from './only.js';
import { readBack } from './read-back.js';

/** @typedef {import('../../app/question.js').Question} Question */

/** Rows that stay in the page; older ones are asked for again. */
const SHOWN = 500;

/** The newest events on top; new ones come by themselves, unless one looks at the past, scrolls or pauses. */
export class Tail {
  #list = h('ol.events', { 'aria-label': 'Events, the newest first' });
  #waiting = h('button.waiting', { type: 'button', hidden: true, onclick: () => this.#resume() });
  #pauseButton = h('button', { type: 'button', onclick: () => this.#toggle() });
  #older = h('button', { type: 'button', onclick: () => void this.#readOlder() }, 'Older events');
  #dot = h('i.dot');
  #state = h('span');
  #body = h('div.body');
  /** @type {Question | undefined} */
  #question;
  /** @type {EventStream | undefined} */
  #source;
  /** @type {any[]} */
  #held = [];
  /** How many wait; more than are held are read again. */
  #waits = 0;
  #paused = false;
  /** Position before which older events are read. */
  #oldest = 0;
  #running = new AbortController();
  #left = new AbortController();

  constructor() {
    const requests = () => (this.#question ? [streamOf(this.#question)] : []);
    const tools = h('div.tools', {}, this.#pauseButton, requestButton('Events', requests));
    const header = h('header', {}, h('h2', {}, 'Events'), h('span.live', {}, this.#dot, this.#state), tools);
    /** @type {HTMLElement} */
    this.element = h('section.panel', { 'aria-label': 'Events' }, header, this.#waiting, this.#body);
    const { signal } = this.#left;
    addEventListener('keydown', (event) => this.#onKey(event), { signal });
    addEventListener('scroll', (event) => this.#onScroll(event), { signal, capture: true });
    addEventListener('reconnected', () => this.#reconnect(), { signal });
  }

  /** @param {Question} next */
  async update(next) {
    const before = this.#question && identity(this.#question);
    this.#question = next;
    if (before !== identity(next)) await this.#load();
  }

  leave() {
    this.#left.abort();
    this.#running.abort();
    this.#source?.close();
  }

  async #load() {
    const question = /** @type {Question} */ (this.#question);
    this.#running.abort();
    this.#running = new AbortController();
    this.#source?.close();
    this.#source = undefined;
    this.#held = [];
    this.#waits = 0;
    const { signal } = this.#running;
    try {
      const end = await endOf(question, signal);
      const page = await readBack(question, end, signal);
      if (signal.aborted) return;
      this.#oldest = page.before;
      fill(
        this.#list,
        page.items.map((event) => eventRow(event, question)),
      );
      const none = page.items.length === 0 && emptyView('No such events. New ones show here by themselves.');
      fill(this.#body, none, this.#list, h('p.after', {}, this.#older));
      this.#older.hidden = this.#oldest <= 0;
      if (this.#isLive()) this.#follow(end);
    } catch (error) {
      if (!signal.aborted)
        fill(
          this.#body,
          problemView(error, () => void this.#load()),
        );
    }
    this.#tell();
  }

  async #readOlder() {
    const question = /** @type {Question} */ (this.#question);
    const { signal } = this.#running;
    this.#older.disabled = true;
    try {
      const page = await readBack(question, this.#oldest, signal);
      this.#oldest = page.before;
      this.#list.append(...page.items.map((event) => eventRow(event, question)));
      this.#older.hidden = this.#oldest <= 0;
    } catch (error) {
      if (!signal.aborted)
        fill(
          this.#body,
          problemView(error, () => void this.#load()),
        );
    }
    this.#older.disabled = false;
  }

  /** @param {number} after */
  #follow(after) {
    const question = /** @type {Question} */ (this.#question);
    this.#source = new EventStream(urlOf(streamOf(question, after)), {
      onData: (event) => this.#receive(event),
      onState: () => {
        this.#tell();
        if (this.#source?.state === 'connecting') void lostConnection();
      },
    });
  }

  /** A stream that was only interrupted goes on by itself where it was. */
  #reconnect() {
    if (this.#source?.state !== 'connecting') void this.#load();
  }

  /** @param {any} event */
  #receive(event) {
    if (!this.#question || !isOf(event, this.#question)) return;
    // Who reads further down must not lose the line.
    const scrolled = (this.element.closest('main')?.scrollTop ?? 0) > this.element.offsetTop;
    if (!this.#paused && !scrolled) return this.#put(event);
    this.#waits++;
    if (this.#waits <= SHOWN) this.#held.push(event);
    this.#tell();
  }

  /** @param {any} event */
  #put(event) {
    this.#list.prepend(eventRow(event, /** @type {Question} */ (this.#question)));
    while (this.#list.childElementCount > SHOWN) this.#list.lastElementChild?.remove();
    this.#body.querySelector('.empty')?.remove();
  }

  #toggle() {
    if (this.#paused) this.#resume();
    else {
      this.#paused = true;
      this.#tell();
    }
  }

  #resume() {
    this.#paused = false;
    this.element.closest('main')?.scrollTo({ top: 0 });
    if (this.#waits > SHOWN) void this.#load();
    else {
      for (const event of this.#held) this.#put(event);
      this.#held = [];
      this.#waits = 0;
      this.#tell();
    }
  }

  #isLive() {
    if (!this.#question || this.#question.asOf) return false;
    const end = instantOf(this.#question.to, this.#question.zone);
    return end === undefined || Date.parse(end) > Date.now();
  }

  #stateName() {
    if (!this.#isLive()) return 'of the past';
    if (this.#paused) return 'paused';
    return this.#source?.state === 'open' ? 'live' : 'connecting…';
  }

  #tell() {
    const live = this.#isLive();
    const state = this.#stateName();
    this.#state.textContent = state;
    this.#dot.className = `dot ${state === 'live' ? 'good' : ''}`;
    this.#pauseButton.hidden = !live;
    fill(this.#pauseButton, icon(this.#paused ? 'play' : 'pause'), this.#paused ? 'Go on' : 'Pause');
    this.#waiting.hidden = this.#waits === 0;
    this.#waiting.textContent = `${count(this.#waits)} new ${this.#waits === 1 ? 'event' : 'events'}`;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const on = /** @type {HTMLElement} */ (event.target);
    if (event.key !== ' ' || !this.#isLive() || on.closest('button, input, select, summary, a, dialog'))
      return;
    event.preventDefault();
    this.#toggle();
  }

  /** @param {Event} event */
  #onScroll({ target }) {
    const atTop = target instanceof HTMLElement && target.matches('main') && target.scrollTop === 0;
    if (atTop && this.#waits > 0 && !this.#paused) this.#resume();
  }
}

/** @param {Question} question */
const identity = ({ params, users, from, to, zone, asOf }) =>
  [
    params.types,
    ...Object.keys(ONLY).map((only) => params[only]),
    users,
    from,
    to,
    zone,
    asOf?.position,
  ].join(' ');

/**
 * The stream behind the list.
 * @param {Question} question
 * @param {number} [after]
 */
function streamOf({ params, users }, after = 0) {
  const userId = users && !users.includes(',') ? users : undefined;
  return { path: '/v1/events/stream', params: { after, types: params.types, userId } };
}

/**
 * @param {Question} question
 * @param {AbortSignal} signal
 */
async function endOf({ asOf }, signal) {
  if (asOf) return asOf.position;
  const { body } = await ask({ path: '/v1/events', params: { after: 0, limit: 1 } }, signal);
  return body.head;
}

/**
 * Whether an event of the stream fits filters that the stream does not know.
 * @param {any} event
 * @param {Question} question
 */
function isOf(event, { users, params, from, zone }) {
  if (!isWanted(event, params)) return false;
  if (from && event.occurredAt < String(instantOf(from, zone))) return false;
  return !users || users.split(',').includes(event.userId);
}
