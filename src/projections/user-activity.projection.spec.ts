import { folded } from '../../test/support/folded.js';
import {
  confirmed,
  contextUsed,
  embedded,
  ended,
  forgotten,
  formed,
  observed,
  patternImported,
  preferenceLearned,
  preferenceUnlearned,
  profileChanged,
  recalled,
  recallsImported,
  registered,
  restored,
  retracted,
  revised,
  started,
  turnRecorded,
  windowImported,
} from '../../test/support/happened.js';
import { type Happened, USER } from '../../test/support/recorder.js';
import { compareKeys } from '../database/table.js';
import { USER_ERASED } from '../events/erasure/user-erased.event.js';
import { USER_REOPENED } from '../events/erasure/user-reopened.event.js';
import { EVENT_TYPES } from '../events/event-catalog.js';
import { vectorText } from '../validation/vector-text.js';
import { LAST_BLOCK, listFacts } from './fact-block.js';
import { FACT_TYPES, type Fact } from './facts.js';
import { userActivity, userActivityTable, type UserActivityRow } from './user-activity.projection.js';

const rowsOf = (happened: readonly Happened[]): UserActivityRow[] =>
  folded(userActivity, happened)
    .all(userActivityTable)
    .toSorted((a, b) => compareKeys([a.userId, a.block], [b.userId, b.block]));
const factsOf = (rows: readonly UserActivityRow[]): Fact[] => {
  const facts: Fact[] = [];
  for (const row of rows) listFacts(row, { upTo: Infinity, wanted: FACT_TYPES.map(() => true) }, facts);
  return facts;
};

describe("a user's facts", () => {
  const everything = [
    registered(),
    profileChanged({ name: { from: null, to: 'Ada' } }),
    preferenceLearned({}),
    preferenceUnlearned(3),
    contextUsed(),
    retracted([4]),
    restored(6),
    confirmed('memory-1', 0.9),
    embedded({ memoryId: 'memory-1', model: 'm', vector: vectorText([1, 2, 3, 4, 5, 6, 7, 8]) ?? '' }),
    formed({ memoryId: 'memory-1', type: 'pattern' }),
    revised('memory-1', { type: { from: 'pattern', to: 'fact' } }),
    revised('memory-1', { content: { from: 'a', to: 'b' } }),
    recalled(['memory-1', 'memory-2']),
    forgotten('memory-1'),
    started('session-1'),
    turnRecorded(),
    observed({ emotion: 'Joy ', intensity: 0.1234567, triggers: ['Work', 'work'], sessionId: 'session-1' }),
    ended('session-1'),
    patternImported(),
    recallsImported('memory-2', 3),
    windowImported({ topics: ['harbour'] }),
  ];

  it('are made of every type of event but those of an erasure, after which a user has none', () => {
    const types = new Set([...everything.map(({ type }) => type), USER_ERASED, USER_REOPENED]);
    expect(types).toEqual(new Set(EVENT_TYPES.map(({ type }) => type)));
    expect(factsOf(rowsOf(everything)).map(({ type }) => type)).toEqual(everything.map(({ type }) => type));
  });

  it('have what reports count, with normal labels and whole millionths', () => {
    expect(factsOf(rowsOf(everything)).slice(9)).toMatchObject([
      { memoryId: 'memory-1', memoryType: 'pattern' },
      { memoryId: 'memory-1', memoryType: 'fact' },
      { memoryId: 'memory-1', memoryType: null },
      { memoryIds: ['memory-1', 'memory-2'] },
      { memoryId: 'memory-1' },
      { sessionId: 'session-1' },
      { sessionId: 'session-1' },
      { emotion: 'joy', micros: 123_457, triggers: ['work'], sessionId: 'session-1' },
      { sessionId: 'session-1' },
      { type: 'emotion.pattern-imported' },
      { memoryId: 'memory-2' },
      { type: 'conversation.window-imported' },
    ]);
  });

  it('contain no text of the user', () => {
    const text = JSON.stringify(rowsOf(everything));
    for (const secret of ['harbour', 'Ada', 'Marlin', 'peaceful']) expect(text).not.toContain(secret);
  });

  it('keep their times and positions', () => {
    const when = { occurredAt: 1_000, recordedAt: 90_000, utcOffset: -570 };
    expect(factsOf(rowsOf([registered(), observed({}, when)]))[1]).toMatchObject({ ...when, position: 2 });
  });

  it('fill one block after another, in the order of the key, and a full one never changes', () => {
    const happened = Array.from({ length: 300 }, (_, i) => observed({ intensity: i / 300 }));
    const rows = rowsOf(happened);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.map(({ block }) => block)).toEqual([...rows.keys()].slice(0, -1).concat(LAST_BLOCK));
    expect(factsOf(rows).map(({ position }) => position)).toEqual(happened.map((_, i) => i + 1));
    expect(rowsOf(happened.slice(0, 290)).slice(0, 2)).toEqual(rows.slice(0, 2));
  });

  it('are apart for each user', () => {
    const rows = rowsOf([registered(), registered({ userId: 'user-2' }), observed()]);
    expect(rows.map(({ userId, count }) => [userId, count])).toEqual([
      [USER, 2],
      ['user-2', 1],
    ]);
  });
});
