const EMOTIONS = new Set(['joy', 'love', 'surprise', 'neutral', 'sadness', 'fear', 'anger', 'disgust']);
/** How many further colours styles/tokens.css has. */
const OTHERS = 6;

/**
 * The custom property with the colour of an emotion: everywhere the same, also for labels of one's own.
 * @param {string} emotion
 */
export function emotionColor(emotion) {
  return EMOTIONS.has(emotion) ? `--${emotion}` : otherColor(emotion);
}

/** @param {string} name */
function otherColor(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return `--other-${(hash % OTHERS) + 1}`;
}

/** @type {Record<string, string>} */
const EVENT_TYPES = {
  'turn.recorded': '--other-1',
  'emotion.observed': '--joy',
  'memory.formed': '--disgust',
  'memory.revised': '--fear',
  'memory.confirmed': '--other-4',
  'memory.forgotten': '--anger',
  'memory.recalled': '--sadness',
  'memory.embedded': '--other-3',
  'context.used': '--other-2',
  'session.started': '--other-4',
  'session.ended': '--neutral',
  'user.registered': '--love',
  'profile.changed': '--other-3',
  'preference.learned': '--surprise',
  'preference.unlearned': '--other-5',
  'emotion.pattern-imported': '--other-2',
  'memory.recalls-imported': '--other-5',
  'conversation.window-imported': '--other-6',
  'user.erased': '--other-4',
  'user.reopened': '--other-4',
  'events.retracted': '--other-3',
  'events.restored': '--other-1',
};

/** @param {string} type of an event */
export const eventColor = (type) => EVENT_TYPES[type] ?? otherColor(type);

/**
 * The present colour of a custom property, for a canvas.
 * @param {string} property
 */
export function resolved(property) {
  probe.style.color = `var(${property})`;
  if (!probe.isConnected) document.body.append(probe);
  return getComputedStyle(probe).color;
}

const probe = document.createElement('i');
probe.hidden = true;
