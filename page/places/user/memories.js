import { change } from '../../app/address.js';
import { count, decimal, ratio, time } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { formMemory } from '../../parts/first-commands.js';
import { Panel } from '../../parts/panel.js';
import { ofUser } from '../user.js';
import { memoryHistory } from './memory-history.js';

const TYPES = ['preference', 'pattern', 'fact', 'conversation', 'emotional'];
/** A pause in typing after which is searched, ms. */
const TYPED_MS = 250;

/** What the store remembers of the user, newest first or as a search finds it. */
export function makeMemories() {
  const search = h('input', {
    type: 'search',
    placeholder: 'Search in memories…',
    'aria-label': 'Search in memories',
    'data-search': '',
  });
  const type = h(
    'select',
    { 'aria-label': 'Type of memory' },
    h('option', { value: '' }, 'All types'),
    TYPES.map((name) => h('option', { value: name }, name)),
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(
      () => change({ q: search.value.trim(), cursor: undefined }, { replace: true }),
      TYPED_MS,
    );
  });
  type.addEventListener('change', () => change({ type: type.value, cursor: undefined }, { replace: true }));
  return new Panel({
    title: 'Memories',
    controls: [search, type],
    requests: (question) => {
      const { q, type: only, cursor } = question.params;
      if (document.activeElement !== search) search.value = q ?? '';
      type.value = only ?? '';
      return q
        ? [ofUser(question, '/memories/search', { q, types: only, limit: 20, explain: 'true' })]
        : [ofUser(question, '/memories', { type: only, limit: 20, cursor })];
    },
    empty: emptyOf,
    draw: ([{ items, nextCursor, complete }], question) => {
      if (items.length === 0) return undefined;
      const more =
        nextCursor &&
        h(
          'p.after',
          {},
          h('button', { type: 'button', onclick: () => change({ cursor: nextCursor }) }, 'Older memories'),
        );
      return {
        view: [
          complete === false &&
            h('p.quiet', {}, 'The words are in so many memories that not all were compared.'),
          h(
            'ul.memories',
            {},
            items.map((/** @type {any} */ item) => memory(item, question)),
          ),
          more,
        ],
      };
    },
  });
}

/** @param {import('../../app/question.js').Question} question */
const emptyOf = ({ rest, params: { q, type } }) =>
  q || type ? { text: 'No memory fits.' } : { text: 'No memory yet. To form one:', curl: formMemory(rest) };

/**
 * @param {any} item
 * @param {import('../../app/question.js').Question} question
 */
function memory(item, question) {
  return h(
    'li',
    {},
    h('p', {}, item.content),
    item.context && h('p.quiet', {}, item.context),
    h(
      'p.meta',
      {},
      h('span.tag', {}, item.type),
      item.language !== null && h('span', { title: 'Language of the memory' }, item.language),
      item.pinned && h('span.tag', {}, 'pinned'),
      item.expiresAt && h('span', {}, `expires ${time(item.expiresAt, question.zone)}`),
      h('span', {}, `importance ${ratio(item.importance)}`),
      h('span', {}, `confidence ${ratio(item.confidence)}`),
      item.recallCount > 0 && h('span', {}, `recalled ${count(item.recallCount)}×`),
      h('time', { datetime: item.occurredAt }, time(item.occurredAt, question.zone)),
    ),
    links(item),
    item.explain && explain(item),
    item.version > 1 && memoryHistory(item, question),
  );
}

/** @param {any} item what it says of other memories */
function links({ supersedes, supersededBy, contradicts, contradictions }) {
  const said = new Map(
    contradictions?.map((/** @type {any} */ { memoryId, content }) => [memoryId, content]),
  );
  const lines = [
    supersededBy && `superseded by ${supersededBy}`,
    ...supersedes.map((/** @type {string} */ id) => `supersedes ${id}`),
    ...contradicts.map((/** @type {string} */ id) => `contradicts ${said.get(id) ?? id}`),
  ].filter(Boolean);
  return lines.map((line) => h('p.quiet', {}, line));
}

/** @param {any} item the parts of its score */
function explain({ score, explain: { text, importance, recency, recall, terms } }) {
  const words = Object.entries(terms).toSorted(([, a], [, b]) => b.score - a.score);
  return h(
    'details',
    {},
    h('summary', {}, `Score ${decimal(score)}`),
    h(
      'p',
      {},
      `${decimal(score)} = text ${decimal(text)} × importance ${decimal(importance)} × recency ${decimal(recency)} × recall ${decimal(recall)}`,
    ),
    h(
      'p.tags',
      {},
      words.map(([word, { score: part, language }]) =>
        h('span.tag', {}, word, h('span.quiet', {}, ` ${language ?? ''} ${decimal(part)}`)),
      ),
    ),
  );
}
