import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Reads } from '../../projections/reads/reads.js';
import { RowCounts, rowsOf } from './row-counts.js';

const tables = PROJECTIONS.flatMap((projection) => projection.tables);

/** A store with this many rows in each table; `counted` returns how often each table was counted. */
function storeOf(rows: number): { counts: RowCounts; counted: () => number } {
  let calls = 0;
  const countRows = async (): Promise<number> => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return rows;
  };
  return { counts: new RowCounts({ countRows } as unknown as Reads), counted: () => calls / tables.length };
}

describe('the row counts of the projections', () => {
  it('add up all tables of a projection', async () => {
    const { counts } = storeOf(3);
    for (const projection of PROJECTIONS)
      expect(rowsOf(await counts.get(), projection)).toBe(3 * projection.tables.length);
  });

  it('are taken again for each request while they are small', async () => {
    const { counts, counted } = storeOf(10);
    await counts.get();
    await counts.get();
    expect(counted()).toBe(2);
  });

  it('are shared by concurrent requests', async () => {
    const { counts, counted } = storeOf(10);
    await Promise.all([counts.get(), counts.get(), counts.get()]);
    expect(counted()).toBe(1);
  });

  it('are cached when they are large, with the time of counting', async () => {
    const { counts, counted } = storeOf(100_000);
    const first = await counts.get();
    const again = await counts.get();
    expect(counted()).toBe(1);
    expect(again.at).toBe(first.at);
    expect(Math.abs(Date.now() - first.at)).toBeLessThan(10_000);
  });
});
