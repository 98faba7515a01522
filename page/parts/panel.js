import { fill, h } from '../dom/h.js';
import { icon } from '../dom/icons.js';
import { ask, Problem, urlOf } from '../net/ask.js';
import { emptyView, problemView } from './problem.js';
import { requestButton } from './requests.js';
import { tableView } from './table.js';

/**
 * @typedef {import('../app/question.js').Question} Question
 * @typedef {import('../net/ask.js').Request} Request
 *
 * @typedef {object} Drawn
 * @property {import('../dom/h.js').Child} view
 * @property {import('../dom/h.js').Child} [above] stays above both view and table
 * @property {import('./table.js').Table} [table] the same as a table, one key away
 * @property {() => void} [leave] frees what the view holds
 *
 * @typedef {object} PanelParts
 * @property {string} title
 * @property {string} [note] what the figures mean
 * @property {string} [size] class that keeps room for the figure
 * @property {import('../dom/h.js').Child} [controls]
 * @property {(question: Question) => Request[]} requests
 * @property {(bodies: any[], question: Question) => Drawn | undefined} draw undefined: there is nothing to show
 * @property {Empty | ((question: Question) => Empty)} [empty]
 *
 * @typedef {object} Empty what is said where there is nothing to show
 * @property {string} text
 * @property {string} [curl] makes something to show
 * @property {string} [code] of a problem that means the same
 */

/** A skeleton that comes at once would only flicker. */
const SKELETON_MS = 150;
const NOT_YET = 'The user was not registered yet at this moment.';

/** A figure with its states: waiting, shown, empty, failed; as a chart or as a table. */
export class Panel {
  /** @type {Request[]} */
  #asked = [];
  /** @type {Question | undefined} */
  #question;
  /** @type {Drawn | undefined} */
  #drawn;
  #asTable = false;
  #running = new AbortController();
  #settled = Promise.resolve();
  #body = h('div.body');
  #tableButton = h('button.plain', { type: 'button', hidden: true }, icon('table'));
  #reload = () => void this.refresh();

  /** @param {PanelParts} parts */
  constructor(parts) {
    this.parts = parts;
    const { title, note, size = '', controls } = parts;
    const tools = h(
      'div.tools',
      {},
      controls,
      this.#tableButton,
      requestButton(title, () => this.#asked),
    );
    const header = h('header', {}, h('h2', {}, title), note && h('p.quiet', {}, note), tools);
    /** @type {HTMLElement} */
    this.element = h('section', { class: `panel ${size}`, 'aria-label': title }, header, this.#body);
    const toggle = () => this.#toggle();
    this.#tableButton.addEventListener('click', toggle);
    this.element.addEventListener('toggletable', toggle);
    addEventListener('reconnected', this.#reload);
  }

  /**
   * Asks again if the question has changed.
   * @param {Question} next
   */
  async update(next) {
    const before = this.#asked.map(urlOf).join(' ');
    const sameLook = this.#question !== undefined && look(this.#question) === look(next);
    this.#question = next;
    this.#asked = this.parts.requests(next);
    if (before !== this.#asked.map(urlOf).join(' ') || !sameLook) this.#settled = this.refresh();
    await this.#settled;
  }

  /** Asks again. */
  async refresh() {
    if (!this.#question) return;
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const skeleton = setTimeout(() => this.element.classList.add('is-waiting'), SKELETON_MS);
    try {
      const answers = await Promise.all(this.#asked.map((request) => ask(request, signal)));
      if (!signal.aborted) this.#show(answers.map((answer) => answer.body));
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      clearTimeout(skeleton);
      if (!signal.aborted) this.element.classList.remove('is-waiting');
    }
  }

  /** Frees what it holds. */
  leave() {
    this.#running.abort();
    this.#drawn?.leave?.();
    removeEventListener('reconnected', this.#reload);
  }

  /** @param {any[]} bodies */
  #show(bodies) {
    this.#drawn?.leave?.();
    this.#drawn = this.parts.draw(bodies, /** @type {Question} */ (this.#question));
    this.#fill();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#drawn?.leave?.();
    this.#drawn = undefined;
    this.#tableButton.hidden = true;
    const code = error instanceof Problem ? error.code : undefined;
    if (code === 'user.not-found' && this.#question?.asOf) fill(this.#body, emptyView(NOT_YET));
    else if (code !== undefined && code === this.#emptyParts().code) fill(this.#body, this.#empty());
    else fill(this.#body, problemView(error, this.#reload));
  }

  #toggle() {
    this.#asTable = !this.#asTable;
    if (this.#drawn) this.#fill();
  }

  #fill() {
    const drawn = this.#drawn;
    const asTable = this.#asTable && drawn?.table !== undefined;
    const other = asTable ? 'Show the chart' : 'Show as a table';
    this.#tableButton.hidden = drawn?.table === undefined;
    this.#tableButton.replaceChildren(icon(asTable ? 'chart' : 'table'));
    this.#tableButton.setAttribute('aria-label', `${other}: ${this.parts.title}`);
    this.#tableButton.title = `${other} (t)`;
    if (!drawn) fill(this.#body, this.#empty());
    else fill(this.#body, drawn.above, asTable && drawn.table ? tableView(drawn.table) : drawn.view);
  }

  #empty() {
    const { text, curl } = this.#emptyParts();
    return emptyView(text, curl);
  }

  /** @returns {Empty} */
  #emptyParts() {
    const { empty = { text: 'There is nothing here yet.' } } = this.parts;
    return typeof empty === 'function' ? empty(/** @type {Question} */ (this.#question)) : empty;
  }
}

/**
 * What changes how answers are drawn, not what is asked.
 * @param {Question} question
 */
const look = ({ zone, params: { view, measure, session } }) => `${zone} ${view} ${measure} ${session}`;

/**
 * Updates panels together, and frees them together.
 * @param {Panel[]} panels
 */
export function panelGroup(panels) {
  return {
    elements: panels.map(({ element }) => element),
    /** @param {Question} question */
    update: async (question) => {
      await Promise.all(panels.map((each) => each.update(question)));
    },
    refresh: async () => {
      await Promise.all(panels.map((each) => each.refresh()));
    },
    leave: () => {
      for (const each of panels) each.leave();
    },
  };
}
