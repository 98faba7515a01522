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
  it('is open at first, and always for tables that no projection has', () => {
    const gate = new ProjectionGate();
    for (const table of PROJECTIONS.flatMap(({ tables }) => tables))
      expect(() => gate.check(table)).not.toThrow();
    gate.close(memories, 'failed');
    expect(() => gate.check({ ...memoriesTable, name: 'receipts' })).not.toThrow();
  });

  it('refuses every table of a closed projection, and no other', () => {
    const gate = new ProjectionGate();
    gate.close(conversations, 'rebuilding');
    for (const table of conversations.tables)
      expect(() => gate.check(table)).toThrow('is being rebuilt or has stopped');
    expect(() => gate.check(activityDaysTable)).toThrow(/conversation-window/);
    for (const table of [profile, memories, emotions].flatMap(({ tables }) => tables))
      expect(() => gate.check(table)).not.toThrow();
  });

  it('allows reads again once it is opened', () => {
    const gate = new ProjectionGate();
    gate.close(memories, 'rebuilding');
    gate.open(memories.name);
    expect(() => gate.check(memoriesTable)).not.toThrow();
    expect(gate.whyClosed(memories.name)).toBeUndefined();
  });

  it('is closed at the start for projections that are stale, outdated or failed, each with its reason', () => {
    const gate = new ProjectionGate();
    closeGate(gate, { caughtUp: [], stale: [memories], outdated: [emotions], failed: [conversations] });
    expect([memories, emotions, conversations, profile].map(({ name }) => gate.whyClosed(name))).toEqual([
      'rebuilding',
      'outdated',
      'failed',
      undefined,
    ]);
  });
});
