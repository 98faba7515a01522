import { activityDaysTable } from '../conversation-window.projection.js';
import { memoriesTable } from '../memory-index.projection.js';
import { PROJECTIONS } from '../projection-catalog.js';
import type { Projection } from '../projection.js';
import { closeGate, ProjectionGate } from './projection-gate.js';

const [profile, memories, emotions, conversations] = PROJECTIONS as [
  Projection,
  Projection,
  Projection,
  Projection,
];

describe('the gate in front of projections', () => {
  it('lets everyone read at first, also tables that no projection has', () => {
    const gate = new ProjectionGate();
    for (const table of PROJECTIONS.flatMap(({ tables }) => tables))
      expect(() => gate.check(table)).not.toThrow();
    expect(gate.allClosed).toEqual([]);
    gate.close(memories, 'failed');
    expect(() => gate.check({ ...memoriesTable, name: 'receipts' })).not.toThrow();
  });

  it('keeps readers from every table of a closed projection, and from no other', () => {
    const gate = new ProjectionGate();
    gate.close(conversations, 'rebuilding');
    for (const table of conversations.tables)
      expect(() => gate.check(table)).toThrow('is being rebuilt or has stopped');
    expect(() => gate.check(activityDaysTable)).toThrow(/conversation-window/);
    for (const table of [profile, memories, emotions].flatMap(({ tables }) => tables))
      expect(() => gate.check(table)).not.toThrow();
  });

  it('lets them read again when it is opened', () => {
    const gate = new ProjectionGate();
    gate.close(memories, 'rebuilding');
    gate.open(memories.name);
    expect(() => gate.check(memoriesTable)).not.toThrow();
    expect(gate.closed(memories.name)).toBeUndefined();
  });

  it('is closed at the start for what was not found whole, which says why', () => {
    const gate = new ProjectionGate();
    closeGate(gate, { caughtUp: [], stale: [memories], outdated: [emotions], failed: [conversations] });
    expect(gate.allClosed.toSorted()).toEqual([conversations, emotions, memories].map(({ name }) => name));
    expect([memories, emotions, conversations, profile].map(({ name }) => gate.closed(name))).toEqual([
      'rebuilding',
      'outdated',
      'failed',
      undefined,
    ]);
  });
});
