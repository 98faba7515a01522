import { confirmed } from '../../app/dialog.js';
import { duration } from '../../dom/format.js';
import { fill, h } from '../../dom/h.js';
import { ask } from '../../net/ask.js';
import { requestButton } from '../../parts/requests.js';
import { isRunning, tookOf, workCard } from './card.js';
import { KINDS } from './kinds.js';

const LIST = { path: '/v1/ops/jobs' };
const IDLE_MS = 5_000;
const BUSY_MS = 500;

/** Long work: what may be started, what runs, how it ended. */
export class Work {
  #cards = h('div.cards');
  /** @type {any[]} */
  #jobs = [];
  /** @type {Map<string, { text: string, good: boolean }>} by job id */
  #outcomes = new Map();
  /** @type {Map<string, unknown>} by kind */
  #errors = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #left = false;

  /** @param {() => void} onEnd called when something has ended */
  constructor(onEnd) {
    this.onEnd = onEnd;
    const tools = h(
      'div.tools',
      {},
      requestButton('Long work', () => [LIST]),
    );
    const header = h('header', {}, h('h2', {}, 'Long work'), h('p.quiet', {}, 'of this process'), tools);
    /** @type {HTMLElement} */
    this.element = h('section.panel', { 'aria-label': 'Long work' }, header, this.#cards);
  }

  /** Looks what runs, and goes on looking. */
  async update() {
    clearTimeout(this.#timer);
    try {
      const before = new Set(this.#jobs.filter(isRunning).map(({ jobId }) => jobId));
      this.#jobs = (await ask(LIST)).body.items;
      await Promise.all(Object.keys(KINDS).map((kind) => this.#readOutcome(this.#latest(kind))));
      if (this.#jobs.some((job) => before.has(job.jobId) && !isRunning(job))) this.onEnd();
    } catch {
      // The line on top says that the service is away; the next look comes anyway.
    }
    if (this.#left) return;
    this.#draw();
    this.#timer = setTimeout(() => void this.update(), this.#jobs.some(isRunning) ? BUSY_MS : IDLE_MS);
  }

  /** @param {string} projection */
  rebuild(projection) {
    void this.#start('rebuild', { projections: [projection] }, `Rebuild ${projection}`);
  }

  leave() {
    this.#left = true;
    clearTimeout(this.#timer);
  }

  /** @param {string} kind */
  #latest(kind) {
    return this.#jobs.find((job) => job.kind === kind);
  }

  /** @param {any} job */
  async #readOutcome(job) {
    const kind = KINDS[job?.kind];
    if (!kind || isRunning(job) || this.#outcomes.has(job.jobId)) return;
    if (job.state === 'cancelled') this.#outcomes.set(job.jobId, { text: 'cancelled', good: true });
    else this.#outcomes.set(job.jobId, kind.outcome((await ask({ path: `${kind.path}/${job.jobId}` })).body));
  }

  #draw() {
    // A button that has the focus keeps it.
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.kind;
    const cards = Object.entries(KINDS).map(([name, kind]) => {
      const job = this.#latest(name);
      return workCard({
        name,
        kind,
        job,
        outcome: this.#outcomes.get(job?.jobId),
        error: this.#errors.get(name),
        start: () => void this.#start(name),
        cancel: () => void this.#cancel(name, job.jobId),
      });
    });
    fill(this.#cards, cards);
    if (focused)
      /** @type {HTMLElement | null} */ (this.#cards.querySelector(`[data-kind="${focused}"]`))?.focus();
  }

  /**
   * @param {string} name
   * @param {string} jobId
   */
  async #cancel(name, jobId) {
    this.#errors.delete(name);
    try {
      await ask({ path: `${LIST.path}/${jobId}`, method: 'DELETE' });
    } catch (error) {
      this.#errors.set(name, error);
    }
    await this.update();
  }

  /**
   * @param {string} name
   * @param {object} [body]
   * @param {string} [what]
   */
  async #start(name, body, what) {
    const kind = KINDS[name];
    const before = this.#jobs.find((job) => job.kind === name && job.state === 'done');
    const took = before
      ? `Last time it took ${duration(tookOf(before))}.`
      : 'It has not run since this process started.';
    const text = [h('p', {}, kind.does), h('p.quiet', {}, took)];
    if (!(await confirmed(what ?? kind.name, text, what ?? kind.action))) return;
    this.#errors.delete(name);
    try {
      await ask({ path: kind.path, method: 'POST', ...(body ? { body } : {}) });
    } catch (error) {
      this.#errors.set(name, error);
    }
    await this.update();
  }
}
