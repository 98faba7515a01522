import { withPositions } from './receipt-positions.js';

/** Everything has moved by a hundred, but for what is at position 3, of which nothing is known. */
const moved = (body: unknown) =>
  JSON.parse(withPositions(JSON.stringify(body), (old) => (old === 3 ? undefined : old + 100))) as unknown;

describe('the answer of a command whose events have moved', () => {
  it('names the new place of the command and of each event', () => {
    const events = [
      { position: 1, type: 'user.registered', version: 1 },
      { position: 2, type: 'turn.recorded', version: 2 },
    ];
    expect(moved({ turnId: 't', position: 2, events })).toEqual({
      turnId: 't',
      position: 102,
      events: [
        { position: 101, type: 'user.registered', version: 1 },
        { position: 102, type: 'turn.recorded', version: 2 },
      ],
    });
  });

  it('keeps a place that is not known', () => {
    expect(moved({ position: 3, events: [{ position: 3 }, { position: 4 }] })).toEqual({
      position: 3,
      events: [{ position: 3 }, { position: 104 }],
    });
  });

  it('keeps what is no place: null, text, an answer without any, and its fields in their order', () => {
    expect(moved({ position: null, events: [{ position: '1' }, {}] })).toEqual({
      position: null,
      events: [{ position: '1' }, {}],
    });
    expect(moved({ version: 1 })).toEqual({ version: 1 });
    expect(moved({ position: 1, events: 2 })).toEqual({ position: 101, events: 2 });
    expect(withPositions('{"b":1,"position":1,"a":2}', () => 9)).toBe('{"b":1,"position":9,"a":2}');
  });

  it.each(['null', '7', '"position"', 'true'])('%s is left as it is', (body) => {
    expect(withPositions(body, () => 9)).toBe(body);
  });
});
