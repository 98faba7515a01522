import { DemoError } from './demo-script.js';
import { parseScript } from './script-file.js';

const conversation = {
  conversation_id: 'talk/1',
  speakers: ['Ada', 'Bo'],
  sessions: [
    {
      session_id: 'talk/1/session 1',
      started_at: '2026-03-01T10:00:00Z',
      turns: [
        { turn_id: 'D1:1', speaker: 'Ada', text: 'I found a kite.' },
        { turn_id: 'D1:2', speaker: 'Bo', text: 'Fly it!', image_caption: 'a red kite' },
      ],
    },
  ],
  qa: [
    { question: 'What did Ada find?', answer: 'a kite', category: 4, evidence: ['D1:1'] },
    { question: 'What did Bo lose?', category: 5, evidence: ['D1:2'] },
  ],
};

const dialogue = {
  dialogue_id: 'd-1',
  season: 2,
  episode: 3,
  turns: [
    { speaker: 'Ada', text: 'Look!', emotion: 'joy', sentiment: 'positive', start: '00:01:02.500' },
    { speaker: 'Bo', text: 'Hm.', emotion: 'neutral', sentiment: 'neutral', start: '0:01:05.000' },
  ],
};

const jsonl = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

function failureOf(text: string): DemoError {
  try {
    parseScript('file.jsonl', text);
  } catch (error) {
    if (error instanceof DemoError) return error;
    throw error;
  }
  throw new Error('It was read without complaint.');
}

describe('a file of conversations', () => {
  const [user] = parseScript('file.jsonl', jsonl(conversation)).users;

  it('becomes a user with turns, a memory per utterance and the end of each session', () => {
    expect(user?.userId).toBe('talk-1');
    expect(user?.commands.map(({ command }) => command)).toEqual([
      'ChangeProfile',
      'RecordTurn',
      'FormMemory',
      'FormMemory',
      'EndSession',
    ]);
  });

  it('stores a turn as "Speaker: text", one minute after the turn before, under an id made from its own', () => {
    expect(user?.commands[3]).toMatchObject({
      memoryId: 'talk-1:D1:2',
      content: 'Bo: Fly it!',
      context: 'talk-1-session-1',
      metadata: { turnId: 'D1:2', imageCaption: 'a red kite' },
      occurredAt: '2026-03-01T10:01:00.000Z',
    });
  });

  it('measures the questions of categories 1 to 4 that have evidence', () => {
    expect(user?.questions.map(({ measured }) => measured)).toEqual([true, false]);
  });

  it('uses the time of a turn, and sessions as evidence, if the file has them', () => {
    const [other] = parseScript(
      'file.jsonl',
      jsonl({
        conversation_id: 'c',
        sessions: [
          {
            session_id: 's/1',
            started_at: '2026-03-01T10:00:00Z',
            turns: [{ turn_id: 's:0', speaker: 'user', text: 'Hi', at: '2026-03-01T12:34:00Z' }],
          },
        ],
        qa: [{ question: 'When?', answer: '12', evidence_sessions: ['s/1'] }],
      }),
    ).users;
    expect(other?.commands[0]).toMatchObject({ command: 'RecordTurn', occurredAt: '2026-03-01T12:34:00Z' });
    expect(other?.questions).toEqual([
      { question: 'When?', answer: '12', evidence: { by: 'session', ids: ['s-1'] }, measured: true },
    ]);
  });
});

describe('a file of labelled dialogues', () => {
  it('becomes one user per main speaker, with the emotions of their utterances', () => {
    const { users } = parseScript('file.jsonl', jsonl(dialogue));
    expect(users.map(({ userId }) => userId)).toEqual(['ada', 'bo']);
    expect(users.map(({ commands }) => commands[1])).toMatchObject([
      { emotion: 'joy', intensity: 0.85, triggers: [], occurredAt: '2020-07-27T20:01:02.500Z' },
      { emotion: 'neutral', intensity: 0.3, triggers: ['Ada'], occurredAt: '2020-07-27T20:01:05.000Z' },
    ]);
  });
});

describe('a bad file', () => {
  it.each([
    ['that is empty', '', 'file.jsonl, line 1: the file is empty'],
    ['that is not JSON', `${jsonl(conversation)}\n\n{"conv`, 'file.jsonl, line 3: not JSON'],
    ['of another shape', '{"rows": []}', 'file.jsonl, line 1: neither a conversation'],
    [
      'without a field',
      jsonl(conversation, { conversation_id: 'x' }),
      "file.jsonl, line 2: the line must have required property 'sessions'",
    ],
    [
      'with a turn without text',
      jsonl({ ...dialogue, turns: [{ speaker: 'Ada', emotion: 'joy' }] }),
      "file.jsonl, line 1: turns[0] must have required property 'text'",
    ],
    [
      'with an invalid time',
      jsonl({
        ...conversation,
        sessions: [{ ...conversation.sessions[0], started_at: '2026-99-01T10:00:00Z' }],
      }),
      'file.jsonl, line 1: sessions[0].started_at must match format "date-time"',
    ],
    [
      'with the same conversation twice',
      jsonl(conversation, conversation),
      'file.jsonl, line 2: conversation_id talk-1 appears twice',
    ],
  ])('%s is refused with its line and exit code 2', (_, text, message) => {
    const failure = failureOf(text);
    expect(failure.message).toContain(message);
    expect(failure.exitCode).toBe(2);
  });
});
