import {
  confirmed,
  contextUsed,
  embedded,
  ended,
  forgotten,
  formed,
  observed,
  patternImported,
  profileChanged,
  recalled,
  recallsImported,
  registered,
  retracted,
  revised,
  started,
  turnRecorded,
  windowImported,
} from '../../../test/support/happened.js';
import { Recorder, type Happened } from '../../../test/support/recorder.js';
import { ExpiredEvents, type Cutoffs } from './expired-events.js';

interface Story {
  happened: readonly Happened[];
  /** By position, the retractions that take it back. */
  retractedBy?: Record<number, number[]>;
  /** The positions of events without a seal. */
  unsealed?: readonly number[];
}

function chosen({ happened, retractedBy = {}, unsealed = [] }: Story, cutoffs: Cutoffs): ExpiredEvents {
  const recorder = new Recorder();
  const byEvent = new Map(Object.entries(retractedBy).map(([at, by]) => [Number(at), new Set(by)]));
  const expired = new ExpiredEvents(cutoffs, { byEvent });
  for (const each of happened) {
    const event = recorder.record(each);
    expired.add(event, !unsealed.includes(event.position));
  }
  return expired;
}

const fact = (upTo: number): Cutoffs => ({ memories: { fact: upTo } });

/** The positions that are chosen. */
function positions(
  happened: readonly Happened[],
  cutoffs: Cutoffs,
  more: Omit<Story, 'happened'> = {},
): number[] {
  return chosen({ happened, ...more }, cutoffs)
    .result()
    .map(({ position }) => position);
}

const VECTOR = Buffer.from(new Float32Array(8).fill(1).buffer).toString('base64');

const TALK = [
  registered(),
  started('s1'),
  turnRecorded({ turnId: 't1', sessionId: 's1' }),
  contextUsed({ turnId: 't1' }),
  observed({ turnId: 't1', sessionId: 's1' }),
  turnRecorded({ turnId: 't2', sessionId: 's1' }),
  ended('s1'),
  windowImported({ sessionId: 's2' }),
  contextUsed({ turnId: 't2' }),
  profileChanged({ name: { from: null, to: 'Ada' } }),
];

const MEMORY = [
  registered(),
  formed({ memoryId: 'm1', type: 'fact' }),
  embedded({ memoryId: 'm1', model: 'x', vector: VECTOR }),
  recalled(['m1']),
  formed({ memoryId: 'm2', type: 'conversation' }),
  recalled(['m1', 'm2']),
  recallsImported('m2', 3),
  profileChanged({ name: { from: null, to: 'Ada' } }),
];

describe('what is too old of one user', () => {
  it.each<[what: string, Cutoffs, expected: number[]]>([
    ['nothing without a rule', {}, []],
    ['a turn, with its use of a context, and no session that has a later one', { turns: 5 }, [3, 4]],
    ['the session with its last turn, up to the same position', { turns: 6 }, [2, 3, 4, 6]],
    ['all of what was said', { turns: 10 }, [2, 3, 4, 6, 7, 8, 9]],
    ['emotions only', { emotions: 10 }, [5]],
  ])('is %s', (_what, cutoffs, expected) => {
    expect(positions(TALK, cutoffs)).toEqual(expected);
  });

  it('is an emotion that was imported, too', () => {
    expect(positions([registered(), patternImported(), observed()], { emotions: 2 })).toEqual([2]);
  });

  it.each<[what: string, Cutoffs, expected: number[]]>([
    ['a memory with all of its events, and recalls of it only', { memories: { fact: 2 } }, [2, 3, 4]],
    ['memories of one type only', { memories: { conversation: 8 } }, [5, 7]],
    ['recalls once all their memories go', { memories: { fact: 8, conversation: 8 } }, [2, 3, 4, 5, 6, 7]],
    ['no memory that was formed later', { memories: { fact: 1, conversation: 4 } }, []],
  ])('is %s', (_what, cutoffs, expected) => {
    expect(positions(MEMORY, cutoffs)).toEqual(expected);
  });

  it('counts the age of a memory from when it was last revised or confirmed', () => {
    const story = [registered(), formed({ memoryId: 'm1' }), formed({ memoryId: 'm2' })];
    const said = [...story, confirmed('m1', 0.9), revised('m2', { content: { from: 'a', to: 'b' } })];
    expect(positions(said, fact(3))).toEqual([]);
    expect(positions(said, fact(4))).toEqual([2, 4]);
    expect(positions(said, fact(5))).toEqual([2, 3, 4, 5]);
    // A retraction only raises the version.
    expect(positions([...story, revised('m1', {})], fact(2))).toEqual([2, 4]);
    // What was taken back was not said.
    expect(positions(said, fact(3), { retractedBy: { 4: [9] } })).toEqual([2, 4]);
  });

  it('follows the type that a memory has now', () => {
    const changed = revised('m1', { type: { from: 'fact', to: 'pattern' } });
    const story = [registered(), formed({ memoryId: 'm1' }), changed];
    expect(positions(story, { memories: { fact: 9 } })).toEqual([]);
    expect(positions(story, { memories: { pattern: 9 } })).toEqual([2, 3]);
  });

  it('is no memory that is pinned, until it is forgotten', () => {
    const story = [registered(), formed({ memoryId: 'm1', pinned: true })];
    const old = { memories: { fact: 9 } };
    expect(positions(story, old)).toEqual([]);
    expect(positions([...story, revised('m1', { pinned: { from: true, to: false } })], old)).toEqual([2, 3]);
    expect(positions([...story, forgotten('m1')], old)).toEqual([2, 3]);
  });

  it('is what was forgotten or taken back, by when that was', () => {
    const story = [
      registered(),
      formed({ memoryId: 'm1', pinned: true }),
      observed(),
      observed(),
      forgotten('m1'),
      retracted([3]),
      retracted([4]),
    ];
    const retractedBy = { 3: [6], 4: [7] };
    expect(positions(story, { removed: 4 }, { retractedBy })).toEqual([]);
    expect(positions(story, { removed: 5 }, { retractedBy })).toEqual([2, 5]);
    expect(positions(story, { removed: 6 }, { retractedBy })).toEqual([2, 3, 5]);
    expect(positions(story, { removed: 7 }, { retractedBy })).toEqual([2, 3, 4, 5]);
  });

  it('is the rest of a memory that had more events than are erased at once', () => {
    const story = [registered(), revised('m1', { content: { from: 'a', to: 'b' } }), recalled(['m1', 'm0'])];
    expect(positions(story, { memories: { fact: 1 } })).toEqual([2, 3]);
    expect(positions(story, { turns: 9 })).toEqual([]);
  });

  it('stays if it has no seal, with the rest of its memory and its session, and is counted', () => {
    const old = { turns: 10, emotions: 10 };
    const talk = chosen({ happened: TALK, unsealed: [3, 5] }, old);
    expect(talk.result().map(({ position }) => position)).toEqual([6, 8, 9]);
    expect(talk.unsealed).toBe(2);
    const memory = chosen({ happened: MEMORY, unsealed: [2] }, { memories: { fact: 9 } });
    expect(memory.result()).toEqual([]);
    expect(memory.unsealed).toBe(2);
  });

  it('has the first rule that says so', () => {
    const story = [registered(), turnRecorded(), observed(), retracted([2])];
    const expired = chosen(
      { happened: story, retractedBy: { 2: [4] } },
      { turns: 9, emotions: 9, removed: 9 },
    );
    expect(expired.result()).toEqual([
      { position: 2, rule: 'removed' },
      { position: 3, rule: 'emotions' },
    ]);
  });
});
