/** How much of a text a line shows, in characters. */
const SHOWN = 140;

/**
 * One line of what happened, in words.
 * @param {any} event
 * @returns {string}
 */
export function describeEvent({ type, data }) {
  if (data === null) return 'erased';
  const describe = DESCRIBERS[type];
  return describe ? describe(data) : '';
}

/** @param {string} text */
const cut = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
/** @param {unknown} value */
const plain = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
/** @param {Record<string, { from: unknown, to: unknown }>} changes */
export const changesText = (changes) =>
  Object.entries(changes)
    .map(([field, { from, to }]) => `${field} ${cut(plain(from))} → ${cut(plain(to))}`)
    .join(', ');

/** @param {any} data */
const learned = ({ rule, field, from, to }) =>
  field ? `${rule}: ${field} ${plain(from)} → ${plain(to)}` : rule;

/** @type {Record<string, (data: any) => string>} */
const DESCRIBERS = {
  'user.registered': () => 'first command for this user',
  'profile.changed': ({ changes }) => changesText(changes),
  'preference.learned': learned,
  'preference.unlearned': learned,
  'memory.formed': ({ type, content }) => `${type}: ${cut(content)}`,
  'memory.revised': ({ changes }) => changesText(changes),
  'memory.confirmed': ({ memoryId, content, confidence: { from, to } }) =>
    `${memoryId}: ${cut(content)}, confidence ${plain(from)} → ${plain(to)}`,
  'memory.forgotten': ({ memoryId, reason }) => (reason ? `${memoryId}: ${cut(reason)}` : memoryId),
  'memory.recalled': ({ memoryIds }) =>
    `${memoryIds.length} ${memoryIds.length === 1 ? 'memory' : 'memories'}`,
  'memory.embedded': ({ memoryId, model }) => `${memoryId} by ${model}`,
  'context.used': ({ turnId, memories }) => `${memories.length} memories for turn ${turnId}`,
  'emotion.observed': ({ emotion, intensity, triggers }) =>
    `${emotion} ${intensity}${triggers?.length > 0 ? `, because of ${triggers.join(', ')}` : ''}`,
  'emotion.pattern-imported': ({ emotion, frequency, meanIntensity }) =>
    `${emotion} ${frequency} times, on average ${meanIntensity}`,
  'memory.recalls-imported': ({ memoryId, count }) => `${memoryId}: ${count} earlier`,
  'conversation.window-imported': ({ sessionId }) => sessionId,
  'session.started': ({ sessionId }) => sessionId,
  'session.ended': ({ sessionId }) => sessionId,
  'user.erased': ({ events }) => `${events} earlier events`,
  'user.reopened': () => 'a new user with this id',
  'events.retracted': ({ eventIds, reason }) =>
    `${eventIds.length} ${eventIds.length === 1 ? 'event' : 'events'}${reason ? `: ${cut(reason)}` : ''}`,
  'events.restored': ({ retractionId, reason }) =>
    `retraction ${retractionId}${reason ? `: ${cut(reason)}` : ''}`,
  'turn.recorded': ({ userMessage, assistantMessage }) => cut(userMessage || assistantMessage),
};
