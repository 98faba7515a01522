import { receiptOf } from '../../test/support/builders.js';
import { folded } from '../../test/support/folded.js';
import { contextUsed, forgotten, formed, registered } from '../../test/support/happened.js';
import { USER } from '../../test/support/recorder.js';
import { contextUses, contextUsesTable, memoryUsesTable, receiptHashOf } from './context-uses.projection.js';

describe('the uses of a memory', () => {
  it('are those of every turn, and stay when the memory is forgotten', () => {
    const two = [
      { memoryId: 'memory-1', score: 0.5 },
      { memoryId: 'memory-2', score: 0 },
    ];
    const rows = folded(contextUses, [
      registered(),
      formed(),
      contextUsed({ memories: two }),
      contextUsed({ turnId: 'turn-2' }),
      forgotten('memory-1'),
    ]);
    const receiptHash = receiptHashOf(receiptOf(USER));
    expect(rows.all(memoryUsesTable)).toEqual([
      { userId: USER, memoryId: 'memory-1', position: 3, receiptHash, turnId: 'turn-1', score: 0.5 },
      { userId: USER, memoryId: 'memory-2', position: 3, receiptHash, turnId: 'turn-1', score: 0 },
      { userId: USER, memoryId: 'memory-1', position: 4, receiptHash, turnId: 'turn-2', score: 0.5 },
    ]);
    const contexts = rows.all(contextUsesTable);
    expect(contexts.map(({ turnId, position }) => [turnId, position])).toEqual([
      ['turn-1', 3],
      ['turn-2', 4],
    ]);
    expect(new Set(contexts.map(({ receiptId }) => receiptId))).toEqual(new Set([receiptOf(USER)]));
  });
});
