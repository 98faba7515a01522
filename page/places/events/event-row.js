import { change, linkTo } from '../../app/address.js';
import { eventColor } from '../../chart/colors.js';
import { count, time } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { describeEvent } from '../../parts/describe-event.js';
import { ONLY } from './only.js';

/**
 * One event as a line that opens.
 * @param {any} event
 * @param {import('../../app/question.js').Question} question
 */
export function eventRow(event, { zone }) {
  const details = h(
    'details',
    {},
    h(
      'summary',
      {},
      h('span.position', {}, count(event.position)),
      h('span.type', {}, h('i.swatch', { style: { '--c': `var(${eventColor(event.type)})` } }), event.type),
      h('span.user', {}, event.userId),
      h('span.what', {}, event.retracted ? h('s', {}, describeEvent(event)) : describeEvent(event)),
      h('time', { datetime: event.recordedAt }, time(event.recordedAt, zone, true)),
    ),
  );
  details.addEventListener(
    'toggle',
    () => details.open && details.childElementCount === 1 && details.append(body(event, zone)),
  );
  return h('li', {}, details);
}

/**
 * @param {any} event
 * @param {string} zone
 */
function body(event, zone) {
  const id = encodeURIComponent(event.userId);
  return h(
    'div.event',
    {},
    h('pre', { tabindex: '0' }, h('code', {}, JSON.stringify(event.data, null, 2))),
    h('dl.facts.one', {}, [
      fact('User', h('a', { href: linkTo(`user/${id}`) }, event.userId)),
      fact(
        'This moment',
        h(
          'a',
          { href: linkTo(`user/${id}`, { asOf: String(event.position) }) },
          `${event.userId} as of ${count(event.position)}`,
        ),
      ),
      fact('Occurred', time(event.occurredAt, zone, true)),
      fact('Recorded', time(event.recordedAt, zone, true)),
      fact('Stream', onlyButton(event, 'stream', event.streamId)),
      fact('Version', count(event.version)),
      fact('Command', onlyButton(event, 'command', event.commandId)),
      // The id of the event that caused this one.
      fact('Cause', onlyButton(event, 'event', event.causationId)),
      fact('Correlation', onlyButton(event, 'correlation', event.correlationId)),
      fact('Actor', event.actor),
      event.retracted &&
        fact('Taken back', `at position ${count(event.retracted.at)} by ${event.retracted.by}`),
      fact('Event', event.eventId),
    ]),
  );
}

/**
 * Lists only the events that have the value. A stream and a command belong to one user.
 * @param {any} event
 * @param {string} param of ONLY
 * @param {string | null} value
 */
function onlyButton(event, param, value) {
  const others = Object.fromEntries(Object.keys(ONLY).map((name) => [name, undefined]));
  const users = param === 'correlation' ? {} : { users: event.userId };
  const onclick = () => change({ ...others, ...users, [param]: value ?? undefined, types: undefined });
  return value && h('button.link', { type: 'button', title: 'Only these', onclick }, value);
}

/**
 * @param {string} name
 * @param {import('../../dom/h.js').Child} value
 */
const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value || '–'));
