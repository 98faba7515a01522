import { address, change, go, linkTo } from '../app/address.js';
import { reportParams } from '../app/question.js';
import { fill, h } from '../dom/h.js';
import { ask, curlOf, urlOf } from '../net/ask.js';
import { FIRST_TURN } from '../parts/first-commands.js';
import { Panel } from '../parts/panel.js';
import { problemView } from '../parts/problem.js';
import { copyButton, downloads } from '../parts/requests.js';
import { drawReport } from './reports/draw.js';
import { FIELDS, ownParams } from './reports/fields.js';

/** @typedef {import('../app/question.js').Question} Question */

/** @type {[string, string][]} */
const REPORTS = [
  ['mood', 'Mood'],
  ['cohorts', 'Cohorts'],
  ['usage', 'Usage'],
  ['emotions', 'Emotions'],
  ['memories', 'Memories'],
];

/** Reports with all their parameters, to look at, to cite and to take away. */
export default function reports() {
  const tabs = h('div.choice.large', { role: 'group', 'aria-label': 'Report' });
  const form = h('div.fields');
  const about = h('div.about');
  const result = new Panel({
    title: 'Result',
    size: 'chart-size',
    requests: (question) => [request(question)],
    empty: {
      text: 'The report is empty: nothing of this kind happened in the range. A first turn, with its emotion:',
      curl: FIRST_TURN,
    },
    draw: ([body], question) => {
      const drawn = drawReport(body, question);
      // With its position the link means the same for ever, and a file has the numbers of the screen.
      const params = { ...request(question).params, asOf: body.asOf?.position };
      return drawn && { ...drawn, above: citation({ ...request(question), params }) };
    },
  });
  /** @type {string | undefined} */
  let shown;
  return {
    element: h('div.place', {}, h('h1.hidden', {}, 'Reports'), tabs, form, result.element, about),
    /** @param {Question} question */
    async update(question) {
      const name = nameOf(question.rest);
      tabs.replaceChildren(
        ...REPORTS.map(([each, text]) =>
          h(
            'button',
            {
              type: 'button',
              'aria-pressed': String(each === name),
              onclick: () => go(linkTo(`reports/${each}`)),
            },
            text,
          ),
        ),
      );
      if (shown !== name) {
        form.replaceChildren(...(FIELDS[name] ?? []).map(field));
        void describe(name, about);
      }
      shown = name;
      for (const input of form.querySelectorAll('select, input'))
        setInput(/** @type {HTMLInputElement} */ (input), question.params);
      await result.update(question);
    },
    leave: () => result.leave(),
  };
}

/** @param {string} rest of the address */
const nameOf = (rest) => REPORTS.find(([name]) => name === rest)?.[0] ?? 'mood';

/** @param {Question} question */
function request(question) {
  const name = nameOf(question.rest);
  const own = ownParams(name, question.params);
  // Cohorts have periods instead of buckets.
  const shared = reportParams(question, name === 'cohorts' ? { bucket: undefined } : { fill: fillOf(own) });
  return { path: `/v1/reports/${name}`, params: { ...shared, ...own } };
}

/**
 * A chart has room for empty buckets; for each of thousands of users or triggers they would be too many.
 * @param {Record<string, string | undefined>} own
 */
const fillOf = ({ groupBy }) => (!groupBy || ['emotion', 'type'].includes(groupBy) ? 'zero' : undefined);

/** @param {import('./reports/fields.js').Field} field */
function field({ name, label, options, placeholder, isDate }) {
  const input = options
    ? h(
        'select',
        { 'data-param': name },
        options.map(([value, text]) => h('option', { value }, text)),
      )
    : h('input', { 'data-param': name, type: isDate ? 'date' : 'text', placeholder });
  input.addEventListener('change', () => change({ [name]: input.value.trim() }));
  return h('label', {}, label, input);
}

/**
 * @param {HTMLInputElement} input
 * @param {Record<string, string>} params
 */
function setInput(input, params) {
  input.value = params[input.dataset.param ?? ''] ?? '';
}

/** @param {import('../net/ask.js').Request} asked */
function citation(asked) {
  const url = location.origin + urlOf(asked);
  const code = h('code', { tabindex: '0' }, url);
  return h(
    'div.copyline.cite',
    {},
    h('span.name', {}, 'Link'),
    code,
    h(
      'span.actions',
      {},
      copyButton(() => url, code, 'Copy link'),
      copyButton(() => curlOf(asked), code, 'Copy curl'),
    ),
    downloads(asked),
  );
}

/**
 * What the service says about the report: measures and formulas.
 * @param {string} name
 * @param {HTMLElement} about
 */
async function describe(name, about) {
  try {
    const { body } = await ask({ path: '/v1/reports' });
    const report = body.items.find((/** @type {any} */ each) => each.name === name);
    if (nameOf(address().rest) !== name) return;
    const terms = (report?.measures ?? []).map((/** @type {any} */ { name: term, formula }) =>
      h('div', {}, h('dt', {}, term), h('dd', {}, formula)),
    );
    const how = h('details', {}, h('summary', {}, 'How it is computed'), h('dl.facts.one', {}, terms));
    fill(about, report?.description && h('p', {}, report.description), terms.length > 0 && how);
  } catch (error) {
    about.replaceChildren(problemView(error, () => void describe(name, about)));
  }
}
