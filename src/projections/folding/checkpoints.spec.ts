import { isDeclaredVersion, statusOf, type ProjectionStatus } from './checkpoints.js';

const DECLARED = { version: 3 };

describe('the status of a projection', () => {
  it.each<[ProjectionStatus, { version: number; position: number } | undefined, head: number]>([
    ['live', undefined, 0],
    ['older', undefined, 7],
    ['live', { version: 3, position: 7 }, 7],
    ['behind', { version: 3, position: 6 }, 7],
    ['ahead', { version: 3, position: 8 }, 7],
    ['older', { version: 2, position: 7 }, 7],
    ['newer', { version: 4, position: 7 }, 7],
    ['newer', { version: 4, position: 3 }, 7],
  ])('is %s for the checkpoint %j and the head %i', (status, checkpoint, head) => {
    expect(statusOf(DECLARED, checkpoint, head)).toBe(status);
  });

  it.each<[ProjectionStatus, boolean]>([
    ['live', true],
    ['behind', true],
    ['ahead', true],
    ['older', false],
    ['newer', false],
  ])('%s means rows of the declared version: %s', (status, isDeclared) => {
    expect(isDeclaredVersion(status)).toBe(isDeclared);
  });
});
