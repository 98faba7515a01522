import type { RowQuery } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import { isDeclaredVersion, readSkips, statusOf, type ProjectionStatus } from './checkpoints.js';

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

describe('the skips of a store', () => {
  it('are read completely, however many an operator has made', async () => {
    const skips = Array.from({ length: 10_001 }, (_, i) => ({
      projection: 'emotion-trend',
      eventId: String(i).padStart(5, '0'),
      position: i + 1,
      cause: '',
      skippedAt: 0,
    }));
    const rows = async <Row extends object>(_table: Table<Row>, { after, limit }: RowQuery) =>
      skips
        .filter(({ eventId }) => after === undefined || eventId > String(after[1]))
        .slice(0, limit) as unknown as Row[];
    expect((await readSkips({ rows })).size).toBe(10_001);
  });
});
