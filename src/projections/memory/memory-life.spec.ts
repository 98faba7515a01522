import { folded } from '../../../test/support/folded.js';
import { confirmed, forgotten, formed, revised } from '../../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../../test/support/recorder.js';
import { memoriesTable, memoryIndex, type MemoryRow } from '../memory-index.projection.js';
import { expiriesTable } from './memory-expiries.js';
import { statementKey, statementsTable } from './memory-statements.js';
import { memorySummariesTable } from './memory-summaries.js';

const AT = NOW + 3_600_000;
const at = new Date(AT).toISOString();
const to = (value: unknown) => ({ from: null, to: value });
const fold = (...happened: Happened[]) => folded(memoryIndex, happened);
const row = (rows: ReturnType<typeof fold>, id: string) => rows.load(memoriesTable, [USER, id]) as MemoryRow;
const pinned = (rows: ReturnType<typeof fold>) =>
  (rows.load(memorySummariesTable, [USER]) as { pinned: unknown } | undefined)?.pinned;
const holder = (rows: ReturnType<typeof fold>, content: string) =>
  (
    rows.load(statementsTable, [USER, statementKey({ type: 'fact', content, context: null })]) as
      | { memoryId: string }
      | undefined
  )?.memoryId;

const linksOf = ({ supersedes, supersededBy, contradicts }: MemoryRow) => ({
  supersedes,
  supersededBy,
  contradicts,
});

describe('a memory that was said again', () => {
  it('is as sure as the event says, and as new', () => {
    const later = { occurredAt: NOW + 5_000, recordedAt: NOW + 5_000 };
    const rows = fold(formed(), confirmed('memory-1', 0.96, later));
    expect(row(rows, 'memory-1')).toMatchObject({
      confidence: 0.96,
      content: 'Her sailing boat is called Marlin.',
      statedAt: NOW + 5_000,
      updatedAt: NOW + 5_000,
      version: 2,
    });
    expect(rows.load(memorySummariesTable, [USER])).toMatchObject({ total: 1, newestAt: NOW + 5_000 });
  });

  it('is no memory again once it is forgotten', () => {
    const rows = fold(formed(), forgotten('memory-1'), confirmed('memory-1', 0.96));
    expect(rows.load(memoriesTable, [USER, 'memory-1'])).toBeUndefined();
  });
});

describe('what is said', () => {
  const a = formed({ memoryId: 'a', content: 'One.' });
  const b = formed({ memoryId: 'b', content: 'one' });

  it('is known by the memory formed last', () => {
    expect(holder(fold(a, b), 'One')).toBe('b');
  });

  it('is unknown once that one is forgotten or says something else', () => {
    expect(holder(fold(a, forgotten('a')), 'One')).toBeUndefined();
    const rows = fold(a, revised('a', { content: to('Two.') }));
    expect([holder(rows, 'one'), holder(rows, 'two')]).toEqual([undefined, 'a']);
  });

  it('is still known when an earlier one goes', () => {
    expect(holder(fold(a, b, forgotten('a')), 'one')).toBe('b');
  });
});

describe('a pin', () => {
  it('is listed with the user until it is taken away or the memory is forgotten', () => {
    const a = formed({ memoryId: 'a', pinned: true });
    const b = formed({ memoryId: 'b' });
    expect(pinned(fold(b))).toBeNull();
    expect(pinned(fold(a, b, revised('b', { pinned: to(true) })))).toEqual(['a', 'b']);
    expect(pinned(fold(a, revised('a', { importance: to(1) })))).toEqual(['a']);
    expect(pinned(fold(a, revised('a', { pinned: to(false) })))).toBeNull();
    expect(pinned(fold(a, forgotten('a')))).toBeNull();
  });
});

describe('an expiry', () => {
  it('is listed at its time, also after a revision of time or type, until the memory is forgotten', () => {
    const all = (rows: ReturnType<typeof fold>) => rows.all(expiriesTable);
    const row1 = { userId: USER, expiresAt: AT, memoryId: 'memory-1', type: 'fact' };
    expect(all(fold(formed({ expiresAt: at })))).toEqual([row1]);
    const later = new Date(AT + 1).toISOString();
    expect(all(fold(formed({ expiresAt: at }), revised('memory-1', { expiresAt: to(later) })))).toEqual([
      { ...row1, expiresAt: AT + 1 },
    ]);
    expect(all(fold(formed({ expiresAt: at }), revised('memory-1', { type: to('pattern') })))).toEqual([
      { ...row1, type: 'pattern' },
    ]);
    expect(all(fold(formed({ expiresAt: at }), revised('memory-1', { expiresAt: to(null) })))).toEqual([]);
    expect(all(fold(formed({ expiresAt: at }), forgotten('memory-1')))).toEqual([]);
  });
});

describe('a link', () => {
  const a = formed({ memoryId: 'a' });
  const b = formed({ memoryId: 'b', supersedes: ['a'], contradicts: ['a'] });
  const NONE = { supersedes: null, supersededBy: null, contradicts: null };

  it('shows at both ends', () => {
    const rows = fold(a, b);
    expect(linksOf(row(rows, 'b'))).toEqual({ supersedes: ['a'], supersededBy: null, contradicts: ['a'] });
    expect(linksOf(row(rows, 'a'))).toEqual({ supersedes: null, supersededBy: 'b', contradicts: ['b'] });
  });

  it.each(['a', 'b'])('is gone when one end is forgotten: %s', (gone) => {
    const rows = fold(a, b, forgotten(gone));
    expect(linksOf(row(rows, gone === 'a' ? 'b' : 'a'))).toEqual(NONE);
  });

  it('is gone at both ends when a revision takes it away, from either side if it is mutual', () => {
    const rows = fold(a, b, revised('b', { supersedes: to([]) }), revised('a', { contradicts: to([]) }));
    expect(linksOf(row(rows, 'a'))).toEqual(NONE);
    expect(linksOf(row(rows, 'b'))).toEqual(NONE);
  });

  it('follows a revision to other memories', () => {
    const c = formed({ memoryId: 'c' });
    const rows = fold(a, c, b, revised('b', { supersedes: to(['c']), contradicts: to(['a', 'c']) }));
    expect(linksOf(row(rows, 'a'))).toEqual({ ...NONE, contradicts: ['b'] });
    expect(linksOf(row(rows, 'c'))).toEqual({ ...NONE, supersededBy: 'b', contradicts: ['b'] });
  });

  it('of a chain stays between the others', () => {
    const c = formed({ memoryId: 'c', supersedes: ['b'] });
    const rows = fold(a, b, c, forgotten('c'));
    expect(row(rows, 'b')).toMatchObject({ supersedes: ['a'], supersededBy: null });
  });
});
