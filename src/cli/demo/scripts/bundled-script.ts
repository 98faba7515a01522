import { MINUTE_MS } from '../../../durations.js';
import type { Command, FeltEmotion, MemoryChanges } from '../commands.js';
import conversation from './conversation.json' with { type: 'json' };
import type { Script, ScriptUser } from './demo-script.js';

interface BundledUser {
  userId: string;
  about: string;
  sessions: { sessionId: string; turns: BundledTurn[] }[];
  moods: { at: string; emotion: string; intensity: number; triggers: string[] }[];
  profile: { at: string; changes: Record<string, unknown> }[];
  memories: BundledMemory[];
  revisions: { at: string; memoryId: string; changes: MemoryChanges }[];
  recalls: { at: string; memoryIds: string[] }[];
  forgets: { at: string; memoryId: string; reason: string }[];
  questions: { question: string; expect: string }[];
}

interface BundledTurn {
  occurredAt: string;
  userMessage: string;
  assistantMessage: string;
  emotion: FeltEmotion;
  topics: string[];
}

interface BundledMemory {
  occurredAt: string;
  memoryId: string;
  type: string;
  content: string;
  context: string;
  importance: number;
  confidence: number;
}

interface Step {
  at: string;
  command: Command;
}

/** The conversation that comes with the project: two invented people over six weeks. */
export function bundledScript(): Script {
  const users: BundledUser[] = conversation.users;
  return {
    title: conversation.title,
    mode: 'single',
    sections: ['profile', 'emotions', 'answers', 'window'],
    users: users.map(scriptUser),
  };
}

function scriptUser(user: BundledUser): ScriptUser {
  return {
    userId: user.userId,
    about: user.about,
    commands: stepsOf(user)
      .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .map(({ command }) => command),
    questions: user.questions.map(({ question, expect }) => ({
      question,
      evidence: { by: 'memory', ids: [expect] },
      measured: false,
    })),
  };
}

type KeyOf = (...parts: (string | number)[]) => Pick<Command, 'userId' | 'idempotencyKey'>;

function stepsOf(user: BundledUser): Step[] {
  const key: KeyOf = (...parts) => ({
    userId: user.userId,
    idempotencyKey: ['demo', user.userId, ...parts].join(':'),
  });
  return [
    ...user.sessions.flatMap((session) => sessionSteps(session, key)),
    ...user.moods.map(({ at, ...mood }) =>
      step(at, { ...key('mood', at), command: 'ObserveEmotion', ...mood, occurredAt: at }),
    ),
    ...user.profile.map(({ at, changes }) =>
      step(at, { ...key('profile', at), command: 'ChangeProfile', ...changes }),
    ),
    ...user.memories.map((memory) =>
      step(memory.occurredAt, { ...key('memory', memory.memoryId), command: 'FormMemory', ...memory }),
    ),
    ...user.revisions.map(({ at, memoryId, changes }) =>
      step(at, { ...key('revise', memoryId, at), command: 'ReviseMemory', memoryId, ...changes }),
    ),
    ...user.recalls.map(({ at, memoryIds }) =>
      step(at, { ...key('recall', at), command: 'RecallMemories', memoryIds }),
    ),
    ...user.forgets.map(({ at, memoryId, reason }) =>
      step(at, { ...key('forget', memoryId), command: 'ForgetMemory', memoryId, reason }),
    ),
  ];
}

function sessionSteps({ sessionId, turns }: BundledUser['sessions'][number], key: KeyOf): Step[] {
  const turnSteps = turns.map((turn, n) =>
    step(turn.occurredAt, { ...key('turn', sessionId, n + 1), command: 'RecordTurn', sessionId, ...turn }),
  );
  // A minute after the last turn, so that what the service learned from it comes before the end.
  const endedAt = new Date(Date.parse(turns.at(-1)?.occurredAt ?? '') + MINUTE_MS).toISOString();
  return [...turnSteps, step(endedAt, { ...key('end', sessionId), command: 'EndSession', sessionId })];
}

function step(at: string, command: Command): Step {
  return { at, command };
}
