import { hash } from 'node:crypto';
import * as fc from 'fast-check';
import { folded } from '../../test/support/folded.js';
import { forgotten, formed, recalled, revised } from '../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../test/support/recorder.js';
import { terms } from '../database/full-text.js';
import { STEMMED_LANGUAGES } from '../database/stems.js';
import { MEMORY_TYPES, type MemoryType } from '../events/memory/memory-formed.event.js';
import { memoriesTable, memoryIndex, type MemoryRow } from './memory-index.projection.js';
import { SLOTS_PER_BLOCK } from './memory/memory-order.js';
import { memorySummariesTable, type MemorySummaryRow } from './memory/memory-summaries.js';

const memory = (...happened: Happened[]) =>
  folded(memoryIndex, happened).load(memoriesTable, [USER, 'memory-1']) as MemoryRow;
const summary = (...happened: Happened[]) =>
  folded(memoryIndex, happened).load(memorySummariesTable, [USER]) as MemorySummaryRow;
/** The index id of a memory that the first event formed and that asks nothing. */
const FIRST = SLOTS_PER_BLOCK * 2;
const later = { recordedAt: NOW + 5_000 };
const changedTo = (value: unknown) => ({ from: null, to: value });

describe('a memory', () => {
  it('is stored as it was formed', () => {
    const happened = formed(
      { context: 'Told at sea.', metadata: { source: 'chat' } },
      { occurredAt: NOW - 1_000, recordedAt: NOW },
    );
    expect(memory(happened)).toEqual({
      userId: USER,
      memoryId: 'memory-1',
      formedPosition: 1,
      type: 'fact',
      content: 'Her sailing boat is called Marlin.',
      context: 'Told at sea.',
      confidence: 0.9,
      importance: 0.6,
      metadata: { source: 'chat' },
      sessionId: null,
      turnId: null,
      language: null,
      pinned: false,
      expiresAt: null,
      supersedes: null,
      supersededBy: null,
      contradicts: null,
      recallCount: 0,
      lastRecalledAt: null,
      indexId: FIRST,
      statedAt: NOW - 1_000,
      questionShare: 0,
      termCount: 9,
      occurredAt: NOW - 1_000,
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
      position: 1,
    });
  });

  it('keeps its session and turn in a revision', () => {
    const happened = [
      formed({ sessionId: 'session-1', turnId: 'turn-1' }),
      revised('memory-1', { content: changedTo('Her boat is called Merlin.') }, later),
    ];
    expect(memory(...happened)).toMatchObject({ sessionId: 'session-1', turnId: 'turn-1', version: 2 });
  });

  it('counts only the terms of its content when it has no context', () => {
    expect(memory(formed({ context: null }))).toMatchObject({ context: null, termCount: 6 });
  });

  it('takes the fields of a revision and keeps its formedPosition', () => {
    const happened = [
      formed({ memoryId: 'other' }),
      formed(),
      revised('memory-1', { content: changedTo('The boat is sold.'), type: changedTo('pattern') }, later),
    ];
    expect(memory(...happened)).toEqual({
      ...memory(formed({ memoryId: 'other' }), formed()),
      content: 'The boat is sold.',
      type: 'pattern',
      statedAt: later.recordedAt,
      termCount: 4,
      formedPosition: 2,
      updatedAt: later.recordedAt,
      version: 2,
      position: 3,
    });
  });

  it('does not count the terms of a removed context', () => {
    const happened = [formed({ context: 'Told at sea.' }), revised('memory-1', { context: changedTo(null) })];
    expect(memory(...happened)).toMatchObject({ context: null, termCount: 6 });
  });

  it('is removed when it is forgotten', () => {
    expect(folded(memoryIndex, [formed(), forgotten('memory-1')]).all(memoriesTable)).toEqual([]);
  });

  it('stays forgotten, whatever events follow', () => {
    const happened = [
      formed(),
      forgotten('memory-1'),
      revised('memory-1', { content: changedTo('x') }),
      recalled(['memory-1']),
      forgotten('memory-1'),
    ];
    expect(folded(memoryIndex, happened).all(memoriesTable)).toEqual([]);
    expect(summary(...happened)).toMatchObject({ total: 0, terms: 0 });
  });

  it('is as new as its last correction, but not by a change of its importance', () => {
    const old = formed({}, { occurredAt: NOW - 5_000 });
    expect(memory(old, revised('memory-1', { importance: changedTo(1) }, later)).statedAt).toBe(NOW - 5_000);
    const corrected = [old, revised('memory-1', { context: changedTo('Said again.') }, later)];
    expect(memory(...corrected)).toMatchObject({ statedAt: later.recordedAt, occurredAt: NOW - 5_000 });
    expect(summary(...corrected).newestAt).toBe(later.recordedAt);
  });

  it('keeps its place in the index when it becomes a question', () => {
    const happened = [formed(), revised('memory-1', { content: changedTo('Is the boat sold? Yes.') })];
    expect(memory(...happened)).toMatchObject({ indexId: FIRST + 1, questionShare: 17 / 22 });
  });

  it("is not changed by another user's memory with the same id", () => {
    const userId = 'user-2';
    const others = [
      formed({ content: 'Elsewhere.' }, { userId }),
      recalled(['memory-1'], { userId }),
      forgotten('memory-1', { userId }),
    ];
    expect(memory(formed(), ...others)).toEqual(memory(formed()));
  });
});

describe('the recalls of a memory', () => {
  it('are counted, and change neither its version nor its update time', () => {
    const happened = [formed(), recalled(['memory-1', 'unknown'], later), recalled(['memory-1'], later)];
    expect(memory(...happened)).toEqual({
      ...memory(formed()),
      recallCount: 2,
      lastRecalledAt: later.recordedAt,
    });
  });

  it('have the time of the one recorded last, even if the clock was set back in between', () => {
    const happened = [
      formed(),
      recalled(['memory-1'], { occurredAt: NOW + 1_000, recordedAt: NOW + 1_000 }),
      recalled(['memory-1'], { occurredAt: NOW - 1_000, recordedAt: NOW + 1_000 }),
    ];
    expect(memory(...happened)).toMatchObject({ recallCount: 2, lastRecalledAt: NOW - 1_000 });
  });

  it('survive a revision', () => {
    const happened = [formed(), recalled(['memory-1']), revised('memory-1', { importance: changedTo(1) })];
    expect(memory(...happened)).toMatchObject({ importance: 1, recallCount: 1, lastRecalledAt: NOW });
  });
});

describe("the summary of a user's memories", () => {
  it('counts the memories by type and adds up their terms', () => {
    const happened = [
      formed({ memoryId: 'a', content: 'one two three', context: 'four' }),
      formed({ memoryId: 'b', content: 'one two', type: 'emotional' }),
      formed({ memoryId: 'c', content: 'one', type: 'fact' }),
    ];
    expect(summary(...happened)).toEqual({
      userId: USER,
      total: 3,
      byType: { fact: 2, emotional: 1 },
      languages: {},
      terms: 7,
      newestAt: NOW,
      block: 1,
      nextOrdinal: 3,
      lastOccurredAt: NOW,
      pinned: null,
    });
  });

  it('counts the memories by the language of their stems, as long as there are any', () => {
    const happened = [
      formed({ memoryId: 'a', language: 'de' }),
      formed({ memoryId: 'b', language: 'de-AT' }),
      formed({ memoryId: 'c', language: 'ja' }),
      formed({ memoryId: 'd', language: 'en' }),
      formed({ memoryId: 'e' }),
    ];
    const languages = (...more: Happened[]) => summary(...happened, ...more).languages;
    expect(languages()).toEqual({ de: 2 });
    expect(languages(revised('a', { language: changedTo('nl') }))).toEqual({ de: 1, nl: 1 });
    expect(languages(forgotten('a'))).toEqual({ de: 1 });
    expect(languages(forgotten('a'), revised('b', { language: changedTo('en') }))).toEqual({});
  });

  it('follows a revision of type and content', () => {
    const happened = [
      formed({ memoryId: 'a', content: 'one two three' }),
      revised('a', { type: changedTo('pattern'), content: changedTo('one') }),
    ];
    expect(summary(...happened)).toMatchObject({ total: 1, byType: { fact: 0, pattern: 1 }, terms: 1 });
  });

  it('has the occurredAt of the newest memory, and never moves back', () => {
    const happened = [
      formed({ memoryId: 'a' }, { occurredAt: NOW }),
      formed({ memoryId: 'b' }, { occurredAt: NOW - 1 }),
      formed({ memoryId: 'c' }, { occurredAt: NOW + 1, recordedAt: NOW + 1 }),
      forgotten('c'),
    ];
    expect(summary(...happened).newestAt).toBe(NOW + 1);
  });

  it('has the time of recording of a memory whose client has a clock that is ahead', () => {
    expect(summary(formed({}, { occurredAt: NOW + 1_000 })).newestAt).toBe(NOW);
  });

  it('agrees with the memories after any sequence of events', () => {
    const memoryId = fc.constantFrom('a', 'b', 'c', 'd');
    const type = fc.constantFrom(...MEMORY_TYPES);
    const text = fc.constantFrom('one', 'one two', 'one, two & three', '漢字かな', '…');
    const event = fc.oneof(
      fc.record({ memoryId, type, content: text, context: fc.option(text) }).map((data) => formed(data)),
      fc
        .record(
          { type: changed(type), content: changed(text), context: changed(fc.option(text)) },
          { requiredKeys: [] },
        )
        .chain((changes) => memoryId.map((id) => revised(id, changes))),
      memoryId.map((id) => forgotten(id)),
      fc.uniqueArray(memoryId, { minLength: 1 }).map((ids) => recalled(ids)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40, size: 'max' }), (generated) => {
        const happened = withoutReuse(generated);
        const store = folded(memoryIndex, happened);
        const memories = store.all(memoriesTable);
        const [counted] = store.all(memorySummariesTable);
        expect(counted?.total ?? 0).toBe(memories.length);
        expect(counted?.terms ?? 0).toBe(memories.reduce((sum, { termCount }) => sum + termCount, 0));
        for (const each of MEMORY_TYPES) {
          const ofType = memories.filter((row) => row.type === each).length;
          expect((counted?.byType as Record<MemoryType, number> | undefined)?.[each] ?? 0).toBe(ofType);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function changed<T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ from: null; to: T }> {
  return value.map((each) => ({ from: null, to: each }));
}

/** Deciders let a memory id be formed only once, so no log contains it twice. */
function withoutReuse(happened: readonly Happened[]): Happened[] {
  const used = new Set<string>();
  return happened.filter(({ type, streamId }) => {
    if (type !== 'memory.formed') return true;
    const isNew = !used.has(streamId);
    used.add(streamId);
    return isNew;
  });
}

describe('the terms of a memory', () => {
  it('are the ones that stores have been indexed with', () => {
    // Another Unicode or dictionary version may split or fold otherwise. Then the projection's version must
    // change with it, so that existing stores are indexed again.
    const sample =
      'She went with two children, favourite colour. Łukasz isst Straße ฉันชอบดื่มน้ำกาแฟตอนเช้า ကျွန်တော်ကော်ဖီကြိုက်တယ် ខ្ញុំចូលចិត្តកាហ្វេ ຂ້ອຍມັກກາເຟ 我喜欢喝茶 أُحِبُّ 🎉';
    expect(memoryIndex.version).toBe(4);
    expect(hash('sha256', terms(sample).join(' '))).toBe(
      '9b8caa2c611158cae05218464863f9860ce84855adea2d0ed17eab57b565c4ba',
    );
  });

  it('have stems of their language that stay the same, as the version does', () => {
    const sample =
      'Katzen Häuser chats mangé hermanas canción gatti trabalhar katten flickor hundar talossa evler kutyák pisici кошку красивый котки сестри γάτες';
    const all = STEMMED_LANGUAGES.flatMap((language) => terms(sample, language));
    expect(hash('sha256', all.join(' '))).toBe(
      '7e4dd88f523d3aadf4f2287a8f592113e6bfcf966bff07faea81b00f9337f8d5',
    );
  });
});
