/** The types of events; test/browser/ compares them with the service's. */
export const EVENT_TYPES = [
  'turn.recorded',
  'emotion.observed',
  'memory.formed',
  'memory.revised',
  'memory.forgotten',
  'memory.recalled',
  'context.used',
  'session.started',
  'session.ended',
  'user.registered',
  'profile.changed',
  'preference.learned',
  'preference.unlearned',
  'emotion.pattern-imported',
  'memory.recalls-imported',
  'conversation.window-imported',
];
