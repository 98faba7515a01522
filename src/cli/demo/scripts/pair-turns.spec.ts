import { pairTurns, parts } from './pair-turns.js';

const at = '2026-03-01T10:00:00.000Z';
const says = (speaker: string, text: string) => ({ speaker, text, at });

describe('pairTurns', () => {
  it('makes one exchange of a message and its reply', () => {
    expect(pairTurns([says('Ada', 'Hello'), says('Bo', 'Hi')], 'Ada', 'Bo')).toEqual([
      { userMessage: 'Hello', assistantMessage: 'Hi', occurredAt: at },
    ]);
  });

  it('joins what one side says several times in a row', () => {
    const turns = [says('Ada', 'Hello'), says('Ada', 'Anyone?'), says('Bo', 'Hi'), says('Bo', 'Sorry')];
    expect(pairTurns(turns, 'Ada', 'Bo')).toEqual([
      { userMessage: 'Hello\nAnyone?', assistantMessage: 'Hi\nSorry', occurredAt: at },
    ]);
  });

  it("puts what the companion says first, with its name, in front of the user's first message", () => {
    const turns = [says('Bo', 'Good morning'), says('Ada', 'Morning'), says('Bo', 'Coffee?')];
    expect(pairTurns(turns, 'Ada', 'Bo')).toEqual([
      { userMessage: 'Bo: Good morning\nMorning', assistantMessage: 'Coffee?', occurredAt: at },
    ]);
  });

  it('keeps a session in which only the companion speaks', () => {
    expect(pairTurns([says('Bo', 'Are you there?')], 'Ada', 'Bo')).toEqual([
      { userMessage: 'Bo: Are you there?', assistantMessage: '', occurredAt: at },
    ]);
  });

  it('puts a third speaker into the reply, with the name', () => {
    const turns = [says('Ada', 'Hello'), says('Cy', 'Me too')];
    expect(pairTurns(turns, 'Ada', 'Bo')[0]?.assistantMessage).toBe('Cy: Me too');
  });

  it('splits messages that exceed the limits of a turn into several turns', () => {
    const [first, second, third] = pairTurns(
      [says('Ada', 'a'.repeat(64_001)), says('Bo', 'b'.repeat(64_001))],
      'Ada',
      'Bo',
    );
    expect(first?.userMessage).toHaveLength(64_000);
    expect(second).toMatchObject({ userMessage: 'a', assistantMessage: 'b'.repeat(64_000) });
    expect(third).toMatchObject({ userMessage: '', assistantMessage: 'b' });
  });
});

describe('parts', () => {
  it('cuts a text into pieces that add up to it', () => {
    expect(parts('abcde', 2)).toEqual(['ab', 'cd', 'e']);
    expect(parts('', 2)).toEqual(['']);
    expect(parts('a🎉b🎉', 2)).toEqual(['a🎉', 'b🎉']);
  });
});
