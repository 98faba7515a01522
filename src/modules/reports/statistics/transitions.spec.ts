import { Transitions } from './transitions.js';

function transitionsOf(...sessions: string[][]): Transitions {
  const transitions = new Transitions();
  for (const session of sessions) transitions.addSession(session);
  return transitions;
}

describe('transitions', () => {
  it('have the probability P(to | from) and the likelihood L', () => {
    // From a: b, b, a. From b: a, a. P(a) = 3/5, P(b) = 2/5.
    const items = transitionsOf(['a', 'b', 'a', 'a', 'b'], ['b', 'a']).items();
    expect(items.map(({ from, to, count }) => `${from}${to}${count}`)).toEqual(['aa1', 'ab2', 'ba2']);
    expect(items.map(({ probability }) => probability)).toEqual([1 / 3, 2 / 3, 1]);
    const expected = [(1 / 3 - 3 / 5) / (2 / 5), (2 / 3 - 2 / 5) / (3 / 5), (1 - 3 / 5) / (2 / 5)];
    for (const [i, { likelihood }] of items.entries()) expect(likelihood).toBeCloseTo(expected[i] ?? NaN, 14);
  });

  it('are 0 at chance', () => {
    const items = transitionsOf(['a', 'a'], ['a', 'b'], ['b', 'a'], ['b', 'b']).items();
    for (const { likelihood } of items) expect(likelihood).toBeCloseTo(0, 14);
  });

  it('are not made across sessions', () => {
    expect(transitionsOf(['a'], ['b'], []).total).toBe(0);
  });

  it('have no likelihood where there is no other state', () => {
    expect(transitionsOf(['a', 'a', 'a']).items()).toEqual([
      { from: 'a', to: 'a', count: 2, probability: 1, likelihood: null },
    ]);
  });

  it('are the same in any order of sessions', () => {
    const sessions = [
      ['x', 'y', 'x'],
      ['y', 'z'],
      ['z', 'x', 'x'],
    ];
    expect(transitionsOf(...sessions.toReversed()).items()).toEqual(transitionsOf(...sessions).items());
  });
});
