import { linkTo } from '../../app/address.js';
import { ago, count, duration, size } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { Panel } from '../../parts/panel.js';

const EVERY_MS = 5_000;

/** How the service is at this moment; also while the rest of the page looks at the past. */
export function makeServiceNow() {
  const service = new Panel({
    title: 'The service',
    note: 'now',
    controls: h('a.more', { href: linkTo('operations') }, 'More'),
    requests: () => [{ path: '/v1/ops/projections' }, { path: '/v1/ops/stats' }, { path: '/v1/ops/backups' }],
    draw: ([projections, stats, backups]) => ({ view: facts(projections, stats, backups) }),
  });
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void service.refresh();
  }, EVERY_MS);
  return { panel: service, leave: () => clearInterval(timer) };
}

/**
 * @param {any} projections
 * @param {any} stats
 * @param {any} backups
 */
function facts(projections, stats, backups) {
  const { databaseBytes, bytesPerEvent, events, uptimeSeconds } = stats;
  const perEvent = bytesPerEvent === null ? undefined : `${count(bytesPerEvent)} bytes an event`;
  return h('dl.facts', {}, [
    fact('Head of the log', count(projections.head), `${count(events)} events`),
    projectionsFact(projections.items),
    backupFact(backups),
    drillFact(backups),
    shippingFact(backups),
    fact('Database', size(databaseBytes), perEvent),
    fact('Running for', duration(uptimeSeconds)),
  ]);
}

/** @param {any[]} items */
function projectionsFact(items) {
  // One that is being rebuilt answers as before.
  const isRebuilt = items.some(({ state }) => state === 'rebuilding');
  const behind = items.filter(({ lag, state }) => lag > 0 || !['live', 'rebuilding'].includes(state));
  if (behind.length === 0)
    return fact('Projections', 'all at the head', isRebuilt ? 'being rebuilt' : undefined, 'good');
  const most = Math.max(...behind.map(({ lag }) => lag));
  const names = behind.map(({ name, state }) => `${name}: ${state}`).join(', ');
  return fact('Projections', `${count(most)} events behind`, names, 'bad');
}

/** @param {any} backups */
function backupFact({ items, backupError }) {
  const last = items.find((/** @type {any} */ { state }) => state === 'done');
  if (!last) return fact('Last backup', 'none yet', backupError, 'bad');
  const note = backupError ?? `${size(last.bytes)}, up to ${count(last.position)}`;
  return fact('Last backup', ago(last.createdAt), note, backupError ? 'bad' : 'good');
}

/** @param {any} backups */
function drillFact({ lastDrill, drillError }) {
  if (!lastDrill) return fact('Last restore drill', 'none yet', drillError);
  return fact('Last restore drill', ago(lastDrill.at), drillError, lastDrill.ok ? 'good' : 'bad');
}

/** @param {any} backups */
function shippingFact({ shipping }) {
  if (!shipping) return fact('Continuous backup', 'off');
  const note = shipping.error ?? `shipped up to ${count(shipping.position)}`;
  return fact('Continuous backup', 'on', note, shipping.error ? 'bad' : 'good');
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string | null} [note]
 * @param {string} [mood]
 */
function fact(name, value, note, mood = '') {
  return h(
    'div',
    {},
    h('dt', {}, name),
    h('dd', {}, mood && h('i', { class: `dot ${mood}` }), value, note && h('span.quiet', {}, ` ${note}`)),
  );
}
