import { RowBatch } from '../../database/row-batch.js';
import type { Table } from '../../database/table.js';
import { emotionObservationsTable, emotionPatternsTable, emotionTrend } from '../emotion-trend.projection.js';
import { memoriesTable, memoryIndex } from '../memory-index.projection.js';
import { HeldRows, heldParts, heldTables, indexPart } from './held-parts.js';

function memoriesWith(asked: string): Table | undefined {
  return heldTables(memoryIndex, heldParts(memoryIndex, [asked])).find(({ name }) => name === 'memories');
}

describe('the parts of a state', () => {
  it.each([
    [['emotion_patterns'], ['emotion_patterns', 'imported_emotions']],
    [['emotion_triggers'], ['emotion_patterns', 'emotion_triggers', 'imported_emotions']],
    [
      ['emotion_triggers', 'emotion_observations'],
      ['emotion_observations', 'emotion_patterns', 'emotion_triggers', 'imported_emotions'],
    ],
  ])('are the tables asked for, and those that do not stand alone: %j', (asked, held) => {
    const tables = heldTables(emotionTrend, heldParts(emotionTrend, asked));
    expect(tables.map(({ name }) => name).toSorted()).toEqual(held);
  });

  it('are a table with its full-text index only if that is asked for', () => {
    expect(memoriesWith(memoriesTable.name)?.fullText).toBeUndefined();
    expect(memoriesWith(indexPart(memoriesTable))).toBe(memoriesTable);
  });

  it('are all that a fold changes', () => {
    const batch = new RowBatch({ load: () => undefined, loadUser: () => [] });
    const rows = new HeldRows(batch, heldParts(emotionTrend, [emotionPatternsTable.name]));
    const key = { userId: 'ada', emotion: 'joy' };
    rows.evolve(emotionPatternsTable, ['ada', 'joy'], () => key as never);
    rows.put(emotionObservationsTable, { userId: 'ada', occurredAt: 1, position: 1 } as never);
    expect([...batch.changes().keys()]).toEqual([emotionPatternsTable]);
  });
});
