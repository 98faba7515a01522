import type { Store } from '../support/store.js';

/** Days of the small world: Monday to Friday. */
export const DAYS = ['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09'] as const;

/** What happens in the small world, in order. Ada is glad every morning, Ben sad every other evening. */
export const TURNS = DAYS.flatMap((day, i) => [
  felt('ada', `${day}T09:00`, 'joy', 'exam'),
  felt('ada', `${day}T09:20`, 'joy', 'exam'),
  ...(i % 2 === 0 ? [felt('ben', `${day}T21:00`, 'sadness', 'rain')] : []),
  ...(i === 3 ? [felt('cleo', `${day}T12:00`, 'love', 'dog')] : []),
]);

function felt(userId: string, minute: string, label: string, trigger: string) {
  return {
    command: 'RecordTurn',
    userId,
    sessionId: `${minute.slice(0, 10)}-${userId}`,
    userMessage: `It is about the ${trigger}.`,
    assistantMessage: 'Tell me more.',
    topics: [trigger],
    emotion: { label, intensity: 0.8, triggers: [trigger] },
    occurredAt: `${minute}:00.000Z`,
  };
}

const MEMORIES = ['Ada passed the exam.', 'Ada grows tomatoes.', 'Ada has a sister in Porto.'];

/** Fills a store with the small world; returns the position before the last change of Ada's profile. */
export async function fillSmallWorld(store: Store): Promise<number> {
  const formed = MEMORIES.map((content, i) => ({
    command: 'FormMemory',
    userId: 'ada',
    memoryId: `memory-${i}`,
    type: 'fact',
    content,
    occurredAt: `${DAYS[i]}T10:00:00.000Z`,
  }));
  const [memory, ...memories] = formed;
  const revised = {
    command: 'ReviseMemory',
    userId: 'ada',
    memoryId: 'memory-0',
    importance: 0.9,
    reason: 'She is proud of it.',
  };
  const first = { command: 'ChangeProfile', userId: 'ada', name: 'Ada', empathyLevel: 80 };
  await store.post('/v1/commands', { commands: [first, ...TURNS, memory, revised, ...memories] });
  const { body } = await store.get<{ head: number }>('/v1/events?limit=1');
  await store.user('ada').patch('/profile', { empathyLevel: 95 });
  return body.head;
}
