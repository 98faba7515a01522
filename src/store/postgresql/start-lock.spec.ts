import type pg from 'pg';
import { StartRefused } from '../../errors.js';
import { withStartLock } from './start-lock.js';

/** A pool whose connection fails at the nth query, and answers the others as PostgreSQL 17. */
function poolFailingAt(nth: number): { pool: pg.Pool; released: boolean[] } {
  const released: boolean[] = [];
  let queries = 0;
  const client = {
    query: async () => {
      if (++queries === nth) throw new Error('Connection terminated unexpectedly');
      return { rows: [{ version: '17.0', major: 17 }] };
    },
    release: (broken: boolean) => released.push(broken),
  };
  return { pool: { connect: async () => client } as unknown as pg.Pool, released };
}

describe('the start lock', () => {
  it.each([1, 2])('says that the database cannot be used when query %i fails', async (nth) => {
    const { pool, released } = poolFailingAt(nth);
    const starting = withStartLock(pool, 'PostgreSQL at example', async () => 'opened');
    await expect(starting).rejects.toThrow(StartRefused);
    await expect(starting).rejects.toThrow(
      'PostgreSQL at example cannot be used: Connection terminated unexpectedly',
    );
    expect(released).toEqual([true]);
  });

  it('throws what the work throws as it is', async () => {
    const { pool } = poolFailingAt(3);
    const starting = withStartLock(pool, 'PostgreSQL at example', async () => {
      throw new TypeError('no such field');
    });
    await expect(starting).rejects.toThrow(TypeError);
  });
});
