import { receiptOf } from './builders.js';

export const EMBEDDING = [1, 2, 3, 4, 5, 6, 7, 8];

/** At least one of every command, in an order in which all succeed. */
export const COMMANDS_SENT: [string, object][] = [
  ['ChangeProfile', { humorLevel: 20, utcOffset: 60 }],
  [
    'RecordTurn',
    {
      sessionId: 's1',
      userMessage: 'Hi',
      assistantMessage: 'Hello',
      emotion: { label: 'joy', intensity: 1 },
    },
  ],
  [
    'RecordTurn',
    { sessionId: 's1', userMessage: 'I love boats.', assistantMessage: 'So do I.', learn: true },
  ],
  // The position is that of the first user.
  ['UnlearnPreference', { learnedPosition: 7 }],
  ['EndSession', { sessionId: 's1' }],
  ['ObserveEmotion', { emotion: 'joy', intensity: 0.5, triggers: ['harbour'], sessionId: 's1' }],
  ['ImportEmotionPattern', { emotion: 'joy', frequency: 7, meanIntensity: 0.8, triggers: ['exam'] }],
  ['ImportWindow', { sessionId: 's2', topics: ['boats'], emotions: ['joy'] }],
  ['FormMemory', { memoryId: 'm3', type: 'fact', content: 'Recalled before.', recalled: { count: 3 } }],
  ['FormMemory', { memoryId: 'm1', type: 'fact', content: 'Her boat lies in the harbour.' }],
  [
    'FormMemory',
    { type: 'fact', content: 'her boat lies in the harbour', allowDuplicate: false, memoryId: 'again' },
  ],
  [
    'FormMemory',
    { memoryId: 'm5', type: 'fact', content: 'Her boat sails.', supersedes: ['m3'], pinned: true },
  ],
  ['FormMemory', { memoryId: 'm6', type: 'fact', content: 'It is away.', expiresAt: '2990-01-01T00:00:00Z' }],
  ['ReviseMemory', { memoryId: 'm1', content: 'Her boat has left the harbour.', contradicts: ['m5'] }],
  ['EmbedMemory', { memoryId: 'm1', embedding: EMBEDDING, embeddingModel: 'model' }],
  ['RecallMemories', { memoryIds: ['m1'] }],
  [
    'FormMemory',
    {
      memoryId: 'm2',
      type: 'fact',
      content: 'To be forgotten.',
      embedding: EMBEDDING,
      embeddingModel: 'model',
    },
  ],
  ['ForgetMemory', { memoryId: 'm2' }],
  ['FormMemory', { memoryId: 'm4', type: 'fact', content: 'To be forgotten, too.' }],
  ['ForgetMemories', { memoryIds: ['m4'] }],
  ['UseContext', { receiptId: receiptOf('ada'), turnId: 't1', memories: [{ memoryId: 'm1', score: 1 }] }],
  ['CorrectObservation', { eventId: '#0', intensity: 0.25 }],
  ['CorrectObservation', { eventId: '#1', emotion: 'calm' }],
  ['EditTurn', { turnId: '#0', userMessage: 'Hi again', assistantMessage: 'Hello', learn: true }],
  ['RetractEvents', { memoryIds: ['m4'], reason: 'not so' }],
  ['RetractEvents', { sessionId: 's2' }],
  ['RestoreEvents', { retractionId: '#4' }],
  // The positions are those of the first user.
  ['ExpireEvents', { positions: [3, 4, 5], expectedPosition: '#last', reason: 'retention: turns' }],
  // Refused at first: nothing could be sent for the user afterwards.
  ['EraseUser', { confirm: 'nobody' }],
  ['ReopenUser', { afterErasure: 'none' }],
];
