import { address } from './app/address.js';
import { knowsThePast, makeBar } from './app/bar.js';
import { Frame, PLACES } from './app/frame.js';
import { listenToKeys } from './app/keyboard.js';
import { questionOf } from './app/question.js';
import { fill } from './dom/h.js';
import { problemView } from './parts/problem.js';

/**
 * @typedef {object} Place what a module of places/ makes
 * @property {HTMLElement} element
 * @property {(question: import('./app/question.js').Question) => Promise<void>} update
 * @property {() => void} leave
 */

const bar = makeBar();
const frame = new Frame(bar.element);
/** @type {{ name: string, place: Place } | undefined} */
let shown;
let running = new AbortController();

async function show() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const now = address();
  const name = now.place in PLACES ? now.place : 'overview';
  frame.main.setAttribute('aria-busy', 'true');
  frame.select(name);
  bar.update({ ...now, place: name });
  try {
    if (shown?.name !== name) await enter(name, signal);
    const question = await questionOf({ ...now, place: name }, signal);
    if (signal.aborted) return;
    bar.resolved(question);
    frame.showMoment(knowsThePast(question) ? question : undefined);
    await shown?.place.update(question);
  } catch (error) {
    if (signal.aborted || /** @type {Error} */ (error).name === 'AbortError') return;
    leave();
    fill(
      frame.main,
      problemView(error, () => void show()),
    );
  } finally {
    if (!signal.aborted) {
      frame.main.removeAttribute('aria-busy');
      dispatchEvent(new Event('shown'));
    }
  }
}

/**
 * @param {string} name
 * @param {AbortSignal} signal
 */
async function enter(name, signal) {
  const { default: make } = /** @type {{ default: () => Place }} */ (await import(`./places/${name}.js`));
  if (signal.aborted) return;
  leave();
  const place = make();
  shown = { name, place };
  fill(frame.main, place.element);
  frame.main.scrollTo(0, 0);
}

function leave() {
  shown?.place.leave();
  shown = undefined;
}

document.body.append(frame.element);
listenToKeys();
addEventListener('keywanted', () => void import('./app/sign-in.js').then(({ signIn }) => signIn()));
addEventListener('signedin', () => {
  leave();
  void show();
});
addEventListener('hashchange', () => void show());
void show();
