import { linkTo } from '../../app/address.js';
import { count, time } from '../../dom/format.js';
import { h } from '../../dom/h.js';
import { Panel } from '../../parts/panel.js';
import { tilesView } from '../../parts/tiles.js';
import { ofUser } from '../user.js';

/** @type {[string, string][]} */
const LEVELS = [
  ['empathyLevel', 'Empathy'],
  ['humorLevel', 'Humor'],
  ['formalityLevel', 'Formality'],
  ['verbosityLevel', 'Verbosity'],
  ['proactivenessLevel', 'Proactiveness'],
];

/** Who it is, in numbers. */
export function makeTitle() {
  return new Panel({
    title: 'User',
    size: 'title',
    controls: h('a.more', { href: linkTo('user') }, 'All users'),
    requests: (question) => [ofUser(question, '/profile'), ofUser(question, '/stats')],
    draw: ([profile, stats], question) => {
      const request = ofUser(question, '/stats');
      return {
        view: [
          h(
            'h1',
            {},
            profile.name ?? profile.userId,
            profile.name && h('span.quiet', {}, ` ${profile.userId}`),
          ),
          h(
            'p.quiet',
            {},
            `First activity ${time(stats.firstActivityAt, question.zone)}, last ${time(stats.lastActivityAt, question.zone)}`,
          ),
          tilesView([
            {
              name: 'Turns',
              value: count(stats.turns),
              note: `${count(stats.sessions)} ${stats.sessions === 1 ? 'session' : 'sessions'}`,
              request,
            },
            {
              name: 'Session',
              value: `${stats.averageSessionMinutes.toFixed(1)} min`,
              note: 'active, on average',
              request,
            },
            { name: 'Emotions', value: count(stats.emotions), note: 'observed', request },
            {
              name: 'Memories',
              value: count(stats.memories.total),
              note: typesOf(stats.memories.byType),
              request,
            },
            {
              name: 'Streak',
              value: count(stats.streakDays),
              note: stats.streakDays === 1 ? 'day' : 'days in a row',
              request,
            },
          ]),
        ],
      };
    },
  });
}

/** @param {Record<string, number>} byType */
function typesOf(byType) {
  const most = Object.entries(byType).toSorted(([, a], [, b]) => b - a)[0];
  return most && most[1] > 0 ? `${count(most[1])} ${most[0]}` : 'none yet';
}

/** How the companion speaks with the user. */
export function makeProfile() {
  return new Panel({
    title: 'Profile',
    requests: (question) => [ofUser(question, '/profile')],
    draw: ([profile]) => ({
      view: [
        h(
          'dl.levels',
          {},
          LEVELS.map(([field, name]) => level(name, profile[field])),
        ),
        h('dl.facts.one', {}, [
          fact('Tone', profile.preferredTone),
          fact('Style', profile.responseStyle),
          fact('Emoji', profile.emojiUsage ? 'yes' : 'no'),
          fact(
            'Voice',
            profile.voice.enabled ? `on, speed ${profile.voice.speed}, pitch ${profile.voice.pitch}` : 'off',
          ),
          fact('Interests', profile.interests.join(', ')),
          fact('Dislikes', profile.dislikes.join(', ')),
          fact(
            'Time zone',
            profile.timeZone ?? `UTC${profile.utcOffset < 0 ? '' : '+'}${profile.utcOffset / 60}`,
          ),
          Object.keys(profile.communicationPatterns).length > 0 &&
            fact('Patterns', h('code', {}, JSON.stringify(profile.communicationPatterns))),
          fact('Version', String(profile.version)),
        ]),
      ],
    }),
  });
}

/**
 * @param {string} name
 * @param {number} value 0..100
 */
function level(name, value) {
  return h(
    'div',
    {},
    h('dt', {}, name),
    h('dd', {}, h('i', { style: { '--value': `${value}%` } }), h('b', {}, value)),
  );
}

/**
 * @param {string} name
 * @param {import('../../dom/h.js').Child} value
 */
const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value || '–'));
