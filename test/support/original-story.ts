import type { OriginalDatabase } from './original-database.js';

/** The id of a memory that was formed at that instant, as the original makes it. */
export const idAt = (userId: string, utc: string): string => `${userId}_${Date.parse(utc) / 1_000}`;

/** What Lena said about her new job, and when: the server's clock is an hour or two ahead of UTC. */
export const NEW_JOB = {
  said: 'I love my new job at the clinic, even the night shifts!',
  at: '2025-05-12T18:30:00.000Z',
};

/**
 * Writes what the original had of a user after some weeks of chat: one who has changed her profile, was happy
 * and afraid, and talked about a new job. Its server is in Berlin.
 */
export function tellStory(source: OriginalDatabase): void {
  source.profile('lena', {
    name: 'Lena',
    gender: 'female',
    empathy_level: 90,
    humor_level: 30,
    interests: ['climbing'],
    communication_patterns: { language: 'en' },
    created_at: '2025-03-01 08:00:00.000000',
  });
  const remember = (utc: string, local: string, values: object) =>
    source.memory('lena', idAt('lena', utc), { created_at: local, last_accessed: local, ...values });
  remember('2025-04-02T17:10:00.250Z', '2025-04-02 19:10:00.250000', {
    memory_type: 'fact',
    content: 'Lena lives in Kiel with her sister Ida.',
    importance: 0.6,
  });
  remember(NEW_JOB.at, '2025-05-12 20:30:00.000000', {
    content: 'User interest: my new job at the clinic, even the night shifts',
    context: NEW_JOB.said,
    access_count: 3,
  });
  remember('2025-06-20T20:00:00.500Z', '2025-06-20 22:00:00.500000', {
    memory_type: 'emotional',
    content: 'Lena is afraid of the exam in July.',
    importance: 85,
  });
  source.pattern('lena', 'joy', {
    frequency: 14,
    avg_intensity: 80,
    triggers: ['clinic', 'climbing', 'sister'],
    time_patterns: { '20:00': 11, '08:00': 3 },
    last_occurrence: '2025-06-29 20:30:00.000000',
  });
  source.pattern('lena', 'fear', {
    frequency: 6,
    avg_intensity: 0.65,
    triggers: ['exam'],
    time_patterns: { '22:00': 6 },
    last_occurrence: '2025-06-30 22:04:00.000000',
  });
  source.context('lena', {
    session_id: 'lena',
    messages: [
      pair('2025-06-29T20:30:00', 'Ida and I went climbing today.', 'How lovely! How was it?', 'joy'),
      pair('2025-06-30T22:01:00', 'The exam is in three days.', 'How are you feeling about it?', 'neutral'),
      pair('2025-06-30T22:04:00', 'Scared. I cannot sleep.', 'I am here. What worries you most?', 'fear'),
    ],
    topics: ['climbing', 'exam', 'sleep'],
    current_emotion: 'fear',
    emotion_trajectory: ['joy', 'neutral', 'fear'],
    started_at: '2025-03-01 09:05:00.000000',
    last_activity: '2025-06-30 22:04:00.000000',
  });
}

function pair(timestamp: string, user: string, assistant: string, emotion: string) {
  return { user, assistant, timestamp, emotion };
}

/** Writes a user with a bit of everything, by the clock of a server in Berlin. */
export function fillMira(source: OriginalDatabase): void {
  source.profile('mira', {
    name: 'Mira',
    humor_level: 80,
    emoji_usage: false,
    voice_speed: 1.5,
    interests: ['sailing', 'chess'],
    communication_patterns: { theme: 'dark' },
  });
  source.memory('mira', idAt('mira', '2025-03-10T18:00:00.123Z'), {
    content: 'User interest: sailing',
    context: "I'm interested in sailing",
    access_count: 7,
    memory_metadata: { source: 'chat' },
    created_at: '2025-03-10 19:00:00.123000',
    last_accessed: '2025-04-01 12:00:00.000000',
  });
  source.pattern('mira', 'joy', {
    frequency: 12,
    avg_intensity: 85,
    triggers: ['sailing', 'exam'],
    time_patterns: { '19:00': 9, '07:00': 3 },
    last_occurrence: '2025-07-01 19:30:00.000000',
  });
  source.context('mira', {
    session_id: 'session_1741629600_abc',
    messages: [
      { user: 'I passed!', assistant: 'Wonderful!', timestamp: '2025-07-01T19:00:00.000000', emotion: 'joy' },
      { user: 'And now?', assistant: 'Rest.', timestamp: '2025-07-01T19:30:00.000000', emotion: null },
    ],
    topics: ['passed', 'exam'],
    current_emotion: 'joy',
    emotion_trajectory: ['neutral', 'joy'],
    started_at: '2025-03-01 09:05:00.000000',
    last_activity: '2025-07-01 19:30:00.000000',
  });
}

/**
 * Writes rows of which a part is broken, doubled or of another scale; the ids of memories must not be unique.
 */
export function fillBroken(source: OriginalDatabase): void {
  source.profile('ada', {
    humor_level: 120,
    empathy_level: 'high',
    interests: '["broken"',
    communication_patterns: '[1]',
    total_messages: 3,
    updated_at: 'yesterday',
  });
  source.profile('bad user');
  source.memory('ada', 'ada_1', { confidence: 85, importance: 7, content: 'First of two' });
  source.memory('ada', 'ada_1', { content: 'Second of two', memory_metadata: '{"a":' });
  source.memory('ada', 'with blank', { memory_type: 'MemoryType.EMOTION', content: 'Half a pair \u0000' });
  source.memory('ada', 'ada_3', { memory_type: 'dream' });
  source.memory('ada', 'ada_4', { content: '' });
  source.memory('orphan', 'orphan_1', { content: 'x'.repeat(9_000) });
  source.pattern('ada', 'Joy', { frequency: 1, avg_intensity: 0.5, triggers: 'exam' });
  source.pattern('ada', 'joy', { frequency: 3, avg_intensity: 90 });
  source.pattern('ada', 'fear', { frequency: 0 });
  source.context('ada', {
    session_id: 'a b',
    messages: ['x', { user: 'Hi', assistant: 'Hello', timestamp: 'then' }],
  });
}
