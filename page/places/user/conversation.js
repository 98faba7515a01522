import { change } from '../../app/address.js';
import { emotionColor } from '../../chart/colors.js';
import { count, ratio, time } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { Panel } from '../../parts/panel.js';
import { ofUser } from '../user.js';

/** The sessions of a user, and the window of the chosen or current one. */
export function makeConversation() {
  const sessions = new Panel({
    title: 'Sessions',
    requests: (question) => [ofUser(question, '/sessions', { limit: 20, cursor: question.params.sessions })],
    empty: { text: 'No session yet: the first turn starts one.' },
    draw: ([{ items, nextCursor }], { zone, params }) => {
      if (items.length === 0) return undefined;
      const older =
        nextCursor &&
        h(
          'p.after',
          {},
          h('button', { type: 'button', onclick: () => change({ sessions: nextCursor }) }, 'Older sessions'),
        );
      return {
        view: [
          h(
            'ul.sessions',
            { tabindex: '0', 'aria-label': 'Sessions' },
            items.map((/** @type {any} */ one) => session(one, zone, params.session)),
          ),
          older,
        ],
      };
    },
  });
  const window = new Panel({
    title: 'Conversation',
    note: 'the window that a reply sees',
    empty: { text: 'No conversation yet.', code: 'conversation.not-found' },
    requests: (question) => {
      const { session: id } = question.params;
      return [ofUser(question, id ? `/sessions/${encodeURIComponent(id)}` : '/conversation')];
    },
    draw: ([conversation], { zone }) => ({ view: conversationView(conversation, zone) }),
  });
  return [sessions, window];
}

/**
 * @param {any} one
 * @param {string} zone
 * @param {string | undefined} chosen
 */
function session({ sessionId, turnCount, startedAt, ended }, zone, chosen) {
  return h(
    'li',
    {},
    h(
      'button.row',
      {
        type: 'button',
        'aria-pressed': String(sessionId === chosen),
        onclick: () => change({ session: sessionId }),
      },
      h('span', {}, sessionId),
      h('span.quiet', {}, `${count(turnCount)} turns${ended ? ', ended' : ''} · ${time(startedAt, zone)}`),
    ),
  );
}

/**
 * @param {any} conversation
 * @param {string} zone
 */
function conversationView({ sessionId, turns, topics, currentEmotion, turnCount }, zone) {
  return [
    h(
      'p.meta',
      {},
      h('b', {}, sessionId),
      h(
        'span',
        {},
        turns.length < turnCount
          ? `the last ${turns.length} of ${count(turnCount)} turns`
          : `${count(turnCount)} turns`,
      ),
      currentEmotion && [
        h(
          'span',
          {},
          h('i.swatch', { style: { '--c': `var(${emotionColor(currentEmotion)})` } }),
          currentEmotion,
        ),
      ],
    ),
    topics.length > 0 &&
      h(
        'p.tags',
        {},
        topics.map((/** @type {string} */ topic) => h('span.tag', {}, topic)),
      ),
    h(
      'ol.turns',
      {},
      turns.map((/** @type {any} */ turn) => turnView(turn, zone)),
    ),
  ];
}

/**
 * @param {any} turn
 * @param {string} zone
 */
function turnView({ userMessage, assistantMessage, emotion, occurredAt }, zone) {
  return h(
    'li',
    {},
    userMessage && h('p.said', {}, userMessage),
    assistantMessage && h('p.answered', {}, assistantMessage),
    h(
      'p.meta',
      {},
      emotion &&
        h(
          'span',
          {},
          h('i.swatch', { style: { '--c': `var(${emotionColor(emotion.label)})` } }),
          `${emotion.label} ${ratio(emotion.intensity)}`,
        ),
      h('time', { datetime: occurredAt }, time(occurredAt, zone)),
    ),
  );
}
