import { change } from '../../app/address.js';
import { eventColor } from '../../chart/colors.js';
import { count, time } from '../../dom/format.js';
import { fill, h } from '../../dom/h.js';
import { icon } from '../../dom/icons.js';
import { ask } from '../../net/ask.js';
import { describeEvent } from '../../parts/describe-event.js';
import { Panel } from '../../parts/panel.js';
import { strip } from './strip.js';

/** @typedef {{ position: number, recordedAt: string, types: string[] }} Mark */

/** A slider that moves sends no request until it rests for this long, ms. */
const REST_MS = 120;
/** Most changes that one step lists, and most events that are read for them. */
const SHOWN_CHANGES = 5;
const READ_CHANGES = 500;

/** The slider over the user's own events: it rewinds everything on the page. */
export function makeTimeline() {
  return new Panel({
    title: 'As of',
    note: 'the slider rewinds everything on the page',
    size: 'timeline',
    requests: ({ rest }) => [{ path: `/v1/users/${encodeURIComponent(rest)}/timeline` }],
    empty: { text: 'Nothing has happened yet.' },
    draw: ([{ marks }], { rest, zone }) => {
      if (marks.length === 0) return undefined;
      const slider = new Slider(marks, rest, zone);
      return { view: slider.element, leave: () => slider.leave(), table: tableOf(marks, zone) };
    },
  });
}

/**
 * @param {Mark[]} marks
 * @param {string} zone
 */
function tableOf(marks, zone) {
  return {
    caption: 'Steps of the timeline',
    columns: [{ name: 'Position', number: true }, { name: 'Recorded' }, { name: 'Events' }],
    rows: marks.map(({ position, recordedAt, types }) => [
      count(position),
      time(recordedAt, zone, true),
      types.join(', '),
    ]),
  };
}

class Slider {
  #says = h('output.says');
  #changes = h('ul.changes', { 'aria-live': 'polite' });
  #running = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  #follow = () => this.#goTo(wantedStep(this.marks));

  /**
   * @param {Mark[]} marks
   * @param {string} userId
   * @param {string} zone
   */
  constructor(marks, userId, zone) {
    this.marks = marks;
    this.path = `/v1/users/${encodeURIComponent(userId)}/events`;
    this.zone = zone;
    /** @type {HTMLInputElement} */
    this.input = h('input', {
      type: 'range',
      min: '0',
      max: String(marks.length - 1),
      step: '1',
      'aria-label': 'As of: steps through the events of the user',
    });
    this.input.addEventListener('input', () => this.#moved());
    const controls = h(
      'div.controls',
      {},
      this.#button('One step back', -1, 'left'),
      this.input,
      this.#button('One step on', 1, 'right'),
    );
    this.element = h('div.slider', {}, strip(marks), controls, this.#says, this.#changes);
    this.#follow();
    addEventListener('hashchange', this.#follow);
  }

  leave() {
    removeEventListener('hashchange', this.#follow);
    clearTimeout(this.#resting);
    this.#running.abort();
  }

  /**
   * @param {string} label
   * @param {number} by
   * @param {'left' | 'right'} name
   */
  #button(label, by, name) {
    const step = () => {
      this.input.value = String(Number(this.input.value) + by);
      this.#moved();
    };
    return h('button', { type: 'button', 'aria-label': label, onclick: step }, icon(name));
  }

  /** @param {number} step */
  #goTo(step) {
    if (step === Number(this.input.value) && this.#says.textContent !== '') return;
    this.input.value = String(step);
    this.#tell();
  }

  #moved() {
    this.#tell();
    clearTimeout(this.#resting);
    const step = Number(this.input.value);
    const asOf = step === this.marks.length - 1 ? undefined : String(this.marks[step]?.position);
    this.#resting = setTimeout(() => change({ asOf }, { replace: true }), REST_MS);
  }

  #tell() {
    const step = Number(this.input.value);
    const last = this.marks.length - 1;
    const { position, recordedAt, types } = this.marks[step];
    const text = `Position ${count(position)} · ${time(recordedAt, this.zone, true)} · step ${count(step + 1)} of ${count(last + 1)}`;
    this.#says.textContent = text;
    this.input.setAttribute('aria-valuetext', `${text}: ${types.join(', ')}`);
    this.input.style.setProperty('--value', `${last === 0 ? 100 : (step / last) * 100}%`);
    void this.#tellChanges(this.marks[step - 1]?.position ?? 0, position);
  }

  /**
   * Lists what happened since the step before.
   * @param {number} after
   * @param {number} upTo
   */
  async #tellChanges(after, upTo) {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    try {
      const { body } = await ask({ path: this.path, params: { after, limit: READ_CHANGES } }, signal);
      const since = body.items.filter((/** @type {any} */ event) => event.position <= upTo);
      const more = since.length - SHOWN_CHANGES;
      const shown = since.slice(0, SHOWN_CHANGES);
      const reasons = await this.#reasonsOf(shown, signal);
      fill(
        this.#changes,
        shown.map((/** @type {any} */ event) => changeLine(event, reasons)),
        more > 0 && h('li.quiet', {}, `and ${count(more)} more`),
      );
    } catch (error) {
      if (!signal.aborted) fill(this.#changes, h('li.quiet', {}, String(error)));
    }
  }

  /**
   * Why events were taken back, by the id of the retraction; a reason that is too old to be listed is left out.
   * @param {any[]} events
   * @param {AbortSignal} signal
   * @returns {Promise<Map<string, string | null>>}
   */
  async #reasonsOf(events, signal) {
    if (!events.some(({ retracted }) => retracted)) return new Map();
    const path = this.path.replace(/events$/, 'retractions');
    const { body } = await ask({ path, params: { limit: 200 } }, signal);
    return new Map(body.items.map((/** @type {any} */ item) => [item.retractionId, item.reason]));
  }
}

/**
 * The step that the address asks for.
 * @param {Mark[]} marks
 */
function wantedStep(marks) {
  const asOf = new URLSearchParams(location.hash.split('?')[1]).get('asOf');
  if (asOf === null) return marks.length - 1;
  return Math.max(
    0,
    marks.findLastIndex(({ position }) => position <= Number(asOf)),
  );
}

/**
 * @param {any} event
 * @param {Map<string, string | null>} reasons
 */
function changeLine(event, reasons) {
  const swatch = h('i.swatch', { style: { '--c': `var(${eventColor(event.type)})` } });
  const { retracted } = event;
  if (!retracted) return h('li', {}, swatch, h('b', {}, event.type), ` ${describeEvent(event)}`);
  const reason = reasons.get(retracted.by);
  const why = ` taken back at position ${count(retracted.at)}${reason ? `: ${reason}` : ''}`;
  return h('li', {}, swatch, h('s', {}, h('b', {}, event.type), ` ${describeEvent(event)}`), why);
}
