import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Reads } from '../../projections/reads/reads.js';
import { RowCounts, rowsOf } from './row-counts.js';

const tables = PROJECTIONS.flatMap((projection) => projection.tables);

/** A store whose tables have so many rows each; says how often one was counted. */
function storeOf(rows: number): { counts: RowCounts; counted: () => number } {
  let asked = 0;
  const countRows = async (): Promise<number> => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return rows;
  };
  return { counts: new RowCounts({ countRows } as unknown as Reads), counted: () => asked / tables.length };
}

describe('the rows of the projections', () => {
  it('are those of all their tables', async () => {
    const { counts } = storeOf(3);
    for (const projection of PROJECTIONS)
      expect(rowsOf(await counts.get(), projection)).toBe(3 * projection.tables.length);
  });

  it('are counted for each who asks while they are few', async () => {
    const { counts, counted } = storeOf(10);
    await counts.get();
    await counts.get();
    expect(counted()).toBe(2);
  });

  it('are counted once for all who ask at the same time', async () => {
    const { counts, counted } = storeOf(10);
    await Promise.all([counts.get(), counts.get(), counts.get()]);
    expect(counted()).toBe(1);
  });

  it('are kept for a while when they are many, and say of when they are', async () => {
    const { counts, counted } = storeOf(100_000);
    const first = await counts.get();
    const again = await counts.get();
    expect(counted()).toBe(1);
    expect(again.at).toBe(first.at);
    expect(Math.abs(Date.now() - first.at)).toBeLessThan(10_000);
  });
});
