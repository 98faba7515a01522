import { MINUTE_MS } from '../../../durations.js';
import { asId, type Command } from '../commands.js';
import type { DemoError, Numbered, Question, Script, ScriptUser } from './demo-script.js';
import { pairTurns, parts, type SpokenTurn } from './pair-turns.js';

/** One conversation of a file shaped like LoCoMo or LongMemEval. */
export interface LocomoLine {
  conversation_id: string;
  speakers?: string[];
  sessions: LocomoSession[];
  qa?: LocomoQuestion[];
}

interface LocomoSession {
  session_id: string;
  started_at: string;
  turns: (SpokenTurn & { turn_id: string; image_caption?: string })[];
}

interface LocomoQuestion {
  question: string;
  answer?: unknown;
  category?: number;
  evidence?: string[];
  evidence_sessions?: string[];
}

const text = { type: 'string', minLength: 1 };
const time = { type: 'string', format: 'date-time' };
const list = (items: object) => ({ type: 'array', items });
const record = (required: string[], properties: object) => ({ type: 'object', required, properties });

/** The JSON schema of a LocomoLine; other fields are allowed. */
export const LOCOMO_LINE = record(['conversation_id', 'sessions'], {
  conversation_id: text,
  speakers: { ...list(text), minItems: 2 },
  sessions: list(
    record(['session_id', 'started_at', 'turns'], {
      session_id: text,
      started_at: time,
      turns: list(record(['turn_id', 'speaker', 'text'], { turn_id: text, speaker: text, text, at: time })),
    }),
  ),
  qa: list(record(['question'], { question: text, evidence: list(text), evidence_sessions: list(text) })),
});

// The service's limit for a memory's content.
const MAX_MEMORY_CHARACTERS = 8000;
const MEASURED_CATEGORIES = new Set([1, 2, 3, 4]);

/** A script in which each conversation is a user, each exchange a turn, and each utterance a memory. */
export function locomoScript(
  title: string,
  lines: Numbered<LocomoLine>[],
  fail: (line: number, what: string) => DemoError,
): Script {
  const seen = new Set<string>();
  for (const { line, value } of lines) {
    const turnIds = value.sessions.flatMap((session) => session.turns.map((turn) => turn.turn_id));
    const ids = [`conversation_id ${asId(value.conversation_id)}`];
    ids.push(...turnIds.map((id) => `turn_id ${asId(id)} of ${asId(value.conversation_id)}`));
    for (const id of ids) {
      if (seen.has(id)) throw fail(line, `${id} appears twice`);
      seen.add(id);
    }
  }
  return {
    title,
    mode: 'batch',
    sections: ['profile', 'answers', 'window'],
    users: lines.map(({ value }) => locomoUser(value)),
  };
}

function locomoUser(line: LocomoLine): ScriptUser {
  const userId = asId(line.conversation_id);
  const [speaker = 'user', companion = 'assistant'] = line.speakers ?? [];
  return {
    userId,
    about: `${speaker} talks with ${companion}, sessions: ${line.sessions.length}`,
    commands: [
      ...(line.speakers
        ? [{ ...address(userId, 'name'), command: 'ChangeProfile' as const, name: speaker }]
        : []),
      ...line.sessions.flatMap((session) => sessionCommands(userId, session, speaker, companion)),
    ],
    questions: (line.qa ?? []).map(questionOf),
  };
}

function sessionCommands(
  userId: string,
  session: LocomoSession,
  speaker: string,
  companion: string,
): Command[] {
  const sessionId = asId(session.session_id);
  const turns = session.turns.map((turn, n) => ({
    ...turn,
    at: turn.at ?? minutesAfter(session.started_at, n),
  }));
  const exchanges = pairTurns(turns, speaker, companion).map((exchange, n): Command => ({
    ...address(userId, `turn:${sessionId}:${n + 1}`),
    command: 'RecordTurn',
    sessionId,
    ...exchange,
  }));
  const memories = turns.flatMap((turn) => memoriesOf(userId, sessionId, turn));
  const end: Command = { ...address(userId, `end:${sessionId}`), command: 'EndSession', sessionId };
  return [...exchanges, ...memories, end];
}

function memoriesOf(userId: string, context: string, turn: LocomoSession['turns'][number]): Command[] {
  return parts(`${turn.speaker}: ${turn.text}`, MAX_MEMORY_CHARACTERS).map((content, part) => {
    const memoryId = asId(`${userId}:${turn.turn_id}${part === 0 ? '' : `@${part + 1}`}`);
    return {
      ...address(userId, `memory:${memoryId}`),
      command: 'FormMemory',
      memoryId,
      type: 'conversation',
      content,
      context,
      metadata: { turnId: turn.turn_id, ...(turn.image_caption && { imageCaption: turn.image_caption }) },
      occurredAt: turn.at ?? '',
    };
  });
}

function questionOf(qa: LocomoQuestion): Question {
  const bySession = qa.evidence_sessions !== undefined;
  const ids = (bySession ? qa.evidence_sessions?.map(asId) : qa.evidence) ?? [];
  return {
    question: qa.question,
    ...answerOf(qa.answer),
    evidence: { by: bySession ? 'session' : 'turn', ids },
    measured: ids.length > 0 && (qa.category === undefined || MEASURED_CATEGORIES.has(qa.category)),
  };
}

function answerOf(answer: unknown): { answer?: string } {
  return typeof answer === 'string' || typeof answer === 'number' ? { answer: String(answer) } : {};
}

function address(userId: string, key: string): { userId: string; idempotencyKey: string } {
  return { userId, idempotencyKey: `${userId}:${key}`.slice(0, 255) };
}

function minutesAfter(start: string, minutes: number): string {
  return new Date(Date.parse(start) + minutes * MINUTE_MS).toISOString();
}
