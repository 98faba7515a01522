import { ago, count, duration, size } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { problemView } from '../../parts/problem.js';

/** @param {any} job */
export const isRunning = ({ state }) => state === 'running';

/**
 * How long a job took, in seconds.
 * @param {any} job
 */
export const tookOf = ({ startedAt, endedAt }) => (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;

/**
 * One kind of long work.
 * @param {object} parts
 * @param {string} parts.name
 * @param {import('./kinds.js').Kind} parts.kind
 * @param {any} parts.job the last one, if any
 * @param {{ text: string, good: boolean } | undefined} parts.outcome
 * @param {unknown} parts.error why it could not be started
 * @param {() => void} parts.start
 * @param {() => void} parts.cancel
 */
export function workCard({ name, kind, job, outcome, error, start, cancel }) {
  const button = { type: 'button', 'data-kind': name };
  const rest =
    job && isRunning(job)
      ? [progress(kind, job), h('button', { ...button, onclick: cancel }, 'Cancel')]
      : [
          h(
            'p.quiet',
            {},
            job ? `${ago(job.endedAt)}, took ${duration(tookOf(job))}` : 'not since this process started',
          ),
          outcome && h('p', {}, h('i', { class: `dot ${outcome.good ? 'good' : 'bad'}` }), outcome.text),
          h('button', { ...button, onclick: start }, kind.action),
          !outcome && h('p.does.quiet', {}, kind.does),
        ];
  return h(
    'article.card',
    { 'aria-label': kind.name },
    h('h3', {}, kind.name),
    rest,
    error !== undefined && problemView(error, start),
  );
}

/**
 * @param {import('./kinds.js').Kind} kind
 * @param {any} job
 */
function progress({ unit, name }, { done, total, startedAt }) {
  const label = { 'aria-label': `${name}: progress`, max: String(total || 1) };
  if (total === 0) return [h('progress', label), h('p.quiet', {}, 'beginning…')];
  const perSecond = done / Math.max(0.1, (Date.now() - Date.parse(startedAt)) / 1000);
  const amount = unit === 'bytes' ? size : count;
  const left = perSecond > 0 && total > done ? `, ${duration((total - done) / perSecond)} left` : '';
  const text = `${amount(done)} of ${amount(total)}${unit === 'events' ? ' events' : ''}, ${amount(Math.round(perSecond))}/s${left}`;
  return [h('progress', { ...label, value: String(done) }), h('p.quiet', {}, text)];
}
