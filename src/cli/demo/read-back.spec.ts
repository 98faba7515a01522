import type { Command } from './commands.js';
import { memoriesSent } from './read-back.js';
import { shareFound, totalRecall } from './report/recall.js';

const address = { userId: 'u', idempotencyKey: 'k' };
const form = (memoryId: string): Command => ({
  ...address,
  command: 'FormMemory',
  memoryId,
  type: 'fact',
  content: `first ${memoryId}`,
  occurredAt: '2026-03-01T10:00:00Z',
});

describe('memoriesSent', () => {
  it('returns the formed memories as they were last revised, without the forgotten ones', () => {
    const commands: Command[] = [
      form('a'),
      form('b'),
      form('c'),
      { ...address, command: 'ReviseMemory', memoryId: 'a', content: 'second a' },
      { ...address, command: 'ReviseMemory', memoryId: 'c', confidence: 0.9 },
      { ...address, command: 'ForgetMemory', memoryId: 'b', reason: 'asked' },
    ];
    expect([...memoriesSent({ userId: 'u', commands, questions: [] })]).toEqual([
      ['a', 'second a'],
      ['c', 'first c'],
    ]);
  });
});

describe('recall', () => {
  const question = {
    question: 'Who?',
    evidence: { by: 'turn' as const, ids: ['D1:1', 'D1:2', 'D1:2'] },
    measured: true,
  };

  it("is the share of a question's evidence among the hits, each turn counted once", () => {
    expect(shareFound(question, ['D1:2', 'D9:9'])).toBe(0.5);
  });

  it('weights users by the number of their questions', () => {
    const users = [
      { userId: 'a', questions: 3, at5: 1, at10: 1, at20: 1 },
      { userId: 'b', questions: 1, at5: 0, at10: 0, at20: 1 },
    ];
    expect(totalRecall(users)).toEqual({ questions: 4, at5: 0.75, at10: 0.75, at20: 1 });
  });
});
