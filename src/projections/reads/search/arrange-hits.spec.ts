import { folded } from '../../../../test/support/folded.js';
import { formed } from '../../../../test/support/happened.js';
import { NOW } from '../../../../test/support/recorder.js';
import type { MemoryFormed } from '../../../events/memory/memory-formed.event.js';
import { memoriesTable, memoryIndex, type MemoryRow } from '../../memory-index.projection.js';
import { arrangeHits } from './arrange-hits.js';

const DAY_MS = 86_400_000;

type Example = Partial<MemoryFormed> & { age?: number; score?: number; recall?: number };

/** Arranges memories with these texts, best first; `age` in days, a score of 1 by default. */
function arranged(...memories: Example[]) {
  const happened = memories.map(({ age = 0, score: _score, recall: _recall, ...memory }, i) =>
    formed({ memoryId: `m${i}`, importance: 0.5, ...memory }, { occurredAt: NOW - age * DAY_MS }),
  );
  const rows: MemoryRow[] = folded(memoryIndex, happened).all(memoriesTable);
  const { distinct, duplicates } = arrangeHits(
    rows.map((memory, i) => ({
      memory,
      score: memories[i]?.score ?? 1,
      parts: { importance: 1, recency: 1, recall: memories[i]?.recall ?? 1 },
    })),
  );
  return [distinct, duplicates].map((hits) => hits.map(({ memory }) => memory.content));
}

const older = { content: 'Her favourite singer is Ana', age: 90 };
const newer = { content: 'Her favourite singer now is Eva' };

describe('the arrangement of hits', () => {
  it('keeps the order of memories that say different things', () => {
    const contents = ['She sails', 'She plays chess', 'Her boat is blue'];
    expect(arranged(...contents.map((content) => ({ content })))).toEqual([contents, []]);
  });

  it('puts the newer of two that say something about the same thing first', () => {
    expect(arranged(older, { content: 'She sails' }, newer)).toEqual([
      [newer.content, older.content, 'She sails'],
      [],
    ]);
    expect(arranged(newer, older)).toEqual([[newer.content, older.content], []]);
  });

  it('does not put it before one that fits much better', () => {
    expect(arranged(older, { ...newer, score: 0.84 })[0]?.[0]).toBe(older.content);
    expect(arranged(older, { ...newer, score: 0.85 })[0]?.[0]).toBe(newer.content);
  });

  it('moves near-duplicates behind all others, the older of two', () => {
    const said = { content: 'She drinks oat milk in the morning, always', age: 3 };
    const again = { content: 'She always drinks oat milk in the morning.', age: 2 };
    const other = { content: 'She is allergic to nuts', age: 1 };
    expect(arranged(said, again, other)).toEqual([[again.content, other.content], [said.content]]);
    expect(arranged(again, said, other)).toEqual([[again.content, other.content], [said.content]]);
  });

  it('orders near-duplicates by what is not in their words', () => {
    const first = { content: 'She drinks oat milk' };
    const said = [
      first,
      { content: 'She drinks oat milk!', recall: 1, age: 9 },
      { content: 'She drinks oat milk.', recall: 1.05, age: 9 },
    ];
    expect(arranged(...said)).toEqual([
      ['She drinks oat milk'],
      ['She drinks oat milk.', 'She drinks oat milk!'],
    ]);
  });

  it('compares content and context together', () => {
    const photos = ['a red boat at sea', 'two cats asleep on a sofa'];
    const same = photos.map((context) => ({ content: 'Look at this!', context }));
    expect(arranged(...same)[1]).toEqual([]);
  });

  it('compares memories without words', () => {
    expect(arranged({ content: '…' }, { content: '!' })).toEqual([['…', '!'], []]);
  });
});
