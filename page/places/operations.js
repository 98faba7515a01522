import { count, size, time } from '../dom/format.js';
import { h } from '../dom/h.js';
import { Panel, panelGroup } from '../parts/panel.js';
import { tableView } from '../parts/table.js';
import { Work } from './operations/work.js';

const EVERY_MS = 5_000;

/** How the store is run: projections, rebuilds, verifications, backups, drills. */
export default function operations() {
  const work = new Work(() => void group.refresh());
  const group = panelGroup([projections((name) => work.rebuild(name)), backups(), contents()]);
  const [first, second, third] = group.elements;
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void group.refresh();
  }, EVERY_MS);
  return {
    element: h('div.place', {}, h('h1.hidden', {}, 'Operations'), work.element, first, second, third),
    /** @param {import('../app/question.js').Question} question */
    update: async (question) => {
      await Promise.all([group.update(question), work.update()]);
    },
    leave() {
      clearInterval(timer);
      work.leave();
      group.leave();
    },
  };
}

/**
 * A projection that is being rebuilt answers as before.
 * @param {any} projection
 */
function moodOf({ state, lag }) {
  if (lag > 0 || !['live', 'rebuilding'].includes(state)) return 'bad';
  return state === 'live' ? 'good' : '';
}

/** @param {(projection: string) => void} rebuild */
function projections(rebuild) {
  return new Panel({
    title: 'Projections',
    requests: () => [{ path: '/v1/ops/projections' }],
    draw: ([{ items, head }]) => ({
      view: tableView({
        caption: 'Projections',
        columns: [
          { name: 'Projection' },
          { name: 'State' },
          { name: 'Position', number: true },
          { name: 'Behind', number: true },
          { name: 'Rows', number: true },
          { name: 'Version', number: true },
          { name: 'Action', unseen: true },
        ],
        rows: items.map((/** @type {any} */ each) => [
          h('b', {}, each.name),
          [
            h('span.unbroken', {}, h('i', { class: `dot ${moodOf(each)}` }), each.state),
            each.lastError && `: ${each.lastError}`,
          ],
          `${count(each.position)} of ${count(head)}`,
          count(each.lag),
          count(each.rows),
          each.version,
          h(
            'button',
            { type: 'button', 'aria-label': `Rebuild ${each.name}`, onclick: () => rebuild(each.name) },
            'Rebuild',
          ),
        ]),
      }),
    }),
  });
}

function backups() {
  return new Panel({
    title: 'Backups',
    requests: () => [{ path: '/v1/ops/backups' }],
    empty: {
      text: 'No backup yet. Start one above, or let the service make them:',
      curl: "BACKUP_SCHEDULE='0 3 * * *' npm start",
    },
    draw: ([{ items }], { zone }) => {
      if (items.length === 0) return undefined;
      return {
        view: tableView({
          caption: 'Backups, the newest first',
          columns: [
            { name: 'Made' },
            { name: 'State' },
            { name: 'Up to', number: true },
            { name: 'Size', number: true },
            { name: 'File' },
          ],
          rows: items.map((/** @type {any} */ each) => [
            time(each.createdAt, zone),
            h(
              each.error ? 'span' : 'span.unbroken',
              {},
              h('i', { class: `dot ${each.verified ? 'good' : each.state === 'running' ? '' : 'bad'}` }),
              each.error?.message ?? (each.verified ? 'verified' : each.state),
            ),
            count(each.position),
            size(each.bytes),
            h('code', {}, each.file),
          ]),
        }),
      };
    },
  });
}

function contents() {
  return new Panel({
    title: 'What is stored',
    requests: () => [{ path: '/v1/ops/stats' }],
    draw: ([stats]) => ({
      view: [
        h('dl.facts', {}, [
          fact('Users', count(stats.users)),
          fact('Events', count(stats.events)),
          fact('Database', size(stats.databaseBytes)),
          fact('Bytes an event', count(stats.bytesPerEvent)),
          stats.walBytes !== null && fact('Write-ahead log', size(stats.walBytes)),
          fact('Store', h('code', {}, stats.storeId)),
        ]),
        h(
          'div.two',
          {},
          counts('Events by type', stats.eventsByType),
          counts('Rows by projection', stats.rowsByProjection),
        ),
      ],
    }),
  });
}

/**
 * @param {string} caption
 * @param {Record<string, number>} numbers
 */
function counts(caption, numbers) {
  const rows = Object.entries(numbers).toSorted(([, a], [, b]) => b - a);
  return tableView({
    caption,
    columns: [{ name: caption }, { name: 'Count', number: true }],
    rows: rows.map(([name, n]) => [name, count(n)]),
  });
}

/**
 * @param {string} name
 * @param {import('../dom/h.js').Child} value
 */
const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
