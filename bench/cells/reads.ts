import { startServer } from '../child.ts';
import type { BenchOptions } from '../options.ts';
import { runRounds, warmUp, type Cell, type CellSummary } from '../rounds.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { seedUsers } from './seed-users.ts';

/** Compares point reads of 1,000 users with an echo server that returns a stored object. */
export async function measureReads(options: BenchOptions, scratch: Scratch): Promise<CellSummary[]> {
  const echo = await startServer('echo-server.ts');
  const { service } = await startFresh(scratch, 'reads');
  try {
    const memoryIds = await seedUsers(service.url, 'users for the reads');
    const users = [...memoryIds.keys()];
    const profiles = users.map((user) => `/v1/users/${user}/profile`);
    const memories = users.map((user) => `/v1/users/${user}/memories/${memoryIds.get(user)}`);
    const windows = users.map((user) => `/v1/users/${user}/conversation`);
    const cells: Cell[] = [1, 64].flatMap((connections) => {
      const yardstick = `echo GET, ${connections}`;
      const cell = (name: string, paths: string[], server: Cell['server'] = service): Cell => ({
        name: `${name}, ${connections}`,
        server,
        pool: { kind: 'paths', paths },
        connections,
        ...(server === echo ? {} : { yardstick }),
      });
      return [
        cell('echo GET', profiles, echo),
        cell('profile', profiles),
        cell('one memory', memories),
        cell('conversation window', windows),
      ];
    });
    await warmUp(
      cells.filter(({ connections }) => connections === 64),
      1,
    );
    return await runRounds(cells, options, 'reads');
  } finally {
    await Promise.all([service.stop(), echo.stop()]);
  }
}
