import * as fc from 'fast-check';
import { USER_ERASED } from '../events/erasure/user-erased.event.js';
import { USER_REOPENED } from '../events/erasure/user-reopened.event.js';
import { EVENT_TYPES } from '../events/event-catalog.js';
import { MEMORY_TYPES } from '../events/memory/memory-formed.event.js';
import { EMPTY_BLOCK, isFull, listFacts, withFact, type FactBlock } from './fact-block.js';
import { FACT_TYPES, type Fact, type FactTimes, type FactType } from './facts.js';

const ALL_TYPES = FACT_TYPES.map(() => true);
const instants = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2999, 0) });
const ids = fc.stringMatching(/^[A-Za-z0-9._:@-]{1,40}$/);
const words = fc.string({ minLength: 1, maxLength: 20 });
const memoryTypes = fc.constantFrom(...MEMORY_TYPES);

/** What a fact has beside its times. */
const details: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'user.registered',
      'profile.changed',
      'preference.learned',
      'preference.unlearned',
      'emotion.pattern-imported',
      'conversation.window-imported',
    ),
  }),
  fc.record({
    type: fc.constant('emotion.observed'),
    emotion: words,
    micros: fc.integer({ min: 0, max: 1_000_000 }),
    sessionId: fc.option(ids),
    triggers: fc.array(words, { maxLength: 4 }),
  }),
  fc.record({ type: fc.constantFrom('turn.recorded', 'session.started', 'session.ended'), sessionId: ids }),
  fc.record({ type: fc.constant('memory.formed'), memoryId: ids, memoryType: memoryTypes }),
  fc.record({ type: fc.constant('memory.revised'), memoryId: ids, memoryType: fc.option(memoryTypes) }),
  fc.record({ type: fc.constantFrom('memory.forgotten', 'memory.recalls-imported'), memoryId: ids }),
  fc.record({
    type: fc.constant('memory.recalled'),
    memoryIds: fc.array(ids, { minLength: 1, maxLength: 100 }),
  }),
);
const times: fc.Arbitrary<Omit<FactTimes, 'position'> & { gap: number }> = fc
  .record({
    gap: fc.integer({ min: 1, max: 2 ** 40 }),
    recordedAt: instants,
    late: fc.option(instants),
    utcOffset: fc.integer({ min: -1439, max: 1439 }),
  })
  .map(({ late, ...rest }) => ({ ...rest, occurredAt: late ?? rest.recordedAt }));
const manyFacts = fc.array(fc.tuple(times, details), { maxLength: 40 }).map((drawn) => {
  let position = 0;
  return drawn.map(([{ gap, ...rest }, detail]) => {
    position += gap;
    return { ...detail, ...rest, position } as Fact;
  });
});

const blockOf = (facts: readonly Fact[]): FactBlock => facts.reduce(withFact, EMPTY_BLOCK);
const read = (block: FactBlock, upTo = Infinity, wanted: readonly boolean[] = ALL_TYPES): Fact[] => {
  const facts: Fact[] = [];
  listFacts(block, { upTo, wanted }, facts);
  return facts;
};

describe('a block of facts', () => {
  it('knows every type of event but those of an erasure, after which a user has no facts', () => {
    const types = [...FACT_TYPES, USER_ERASED, USER_REOPENED].toSorted();
    expect(types).toEqual(EVENT_TYPES.map(({ type }) => type).toSorted());
  });

  it('has the facts that were added', () => {
    fc.assert(
      fc.property(manyFacts, (facts) => {
        const block = blockOf(facts);
        expect(read(block)).toEqual(facts);
        expect(block.count).toBe(facts.length);
        expect(block.position).toBe(facts.at(-1)?.position ?? 0);
      }),
    );
  });

  it('gives those of some types, up to a position', () => {
    fc.assert(
      fc.property(manyFacts, fc.subarray([...FACT_TYPES]), fc.nat({ max: 40 }), (facts, types, last) => {
        const upTo = facts[last]?.position ?? 0;
        const wanted = FACT_TYPES.map((type) => types.includes(type));
        const expected = facts.filter(({ type, position }) => position <= upTo && types.includes(type));
        expect(read(blockOf(facts), upTo, wanted)).toEqual(expected);
      }),
    );
  });

  it('is small: a daily emotion takes 20 characters, and its texts once', () => {
    let block = EMPTY_BLOCK;
    let count = 0;
    for (; !isFull(block); count++) {
      const at = Date.UTC(2026, 0, count);
      block = withFact(block, {
        type: 'emotion.observed',
        position: count * 5_000 + 1,
        recordedAt: at,
        occurredAt: at,
        utcOffset: 60,
        emotion: count % 2 === 0 ? 'joy' : 'sadness',
        micros: 123_456,
        sessionId: null,
        triggers: ['work'],
      });
    }
    expect(block.texts).toEqual(['joy', '', 'work', 'sadness']);
    expect(count).toBeGreaterThan(38);
    expect(block.facts.length).toBeLessThan(820);
  });

  it.each<[string, Pick<FactBlock, 'texts' | 'facts'>]>([
    ['a type of no event', { texts: [], facts: '4BBCA' }],
    ['a missing text', { texts: [], facts: blockOf([turn('session-1')]).facts }],
    [
      'an end within a fact',
      { texts: ['session-1'], facts: blockOf([turn('session-1')]).facts.slice(0, -1) },
    ],
  ])('that is damaged is refused: %s', (_, block) => {
    expect(() => read({ ...EMPTY_BLOCK, ...block })).toThrow(RangeError);
  });
});

function turn(sessionId: string): Fact {
  const type: FactType = 'turn.recorded';
  return { type, position: 1, recordedAt: 1, occurredAt: 1, utcOffset: 0, sessionId };
}
