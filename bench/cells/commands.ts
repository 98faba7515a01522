import { startServer } from '../child.ts';
import type { BenchOptions } from '../options.ts';
import { runRounds, warmUp, type Cell, type CellSummary } from '../rounds.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { seedUsers } from './seed-users.ts';

const CONNECTIONS = [1, 64];

/**
 * Compares commands over HTTP with a bare echo, the same service without storage, and one commit per command.
 */
export async function measureCommands(options: BenchOptions, scratch: Scratch): Promise<CellSummary[]> {
  const echo = await startServer('echo-server.ts');
  const { service } = await startFresh(scratch, 'commands');
  const { service: noStorage } = await startFresh(scratch, 'no-storage', 'no-storage');
  const { service: single } = await startFresh(scratch, 'single-commit', 'single-commit');
  try {
    await seedUsers(service.url, 'users for the commands');
    await seedUsers(single.url, 'users for one commit a command');
    const cells: Cell[] = CONNECTIONS.flatMap((connections) => {
      const yardstick = `echo POST, ${connections}`;
      const cell = (
        name: string,
        server: Cell['server'],
        kind: 'mix' | 'ObserveEmotion' | 'FormMemory' | 'RecordTurn',
      ): Cell => ({
        name: `${name}, ${connections}`,
        server,
        pool: { kind },
        connections,
        yardstick,
      });
      return [
        { name: yardstick, server: echo, pool: { kind: 'mix' }, connections },
        cell('ObserveEmotion', service, 'ObserveEmotion'),
        cell('FormMemory', service, 'FormMemory'),
        cell('RecordTurn', service, 'RecordTurn'),
        cell('mix', service, 'mix'),
        cell('mix without storage', noStorage, 'mix'),
        cell('mix, one commit each', single, 'mix'),
      ];
    });
    await warmUp(
      cells.filter(({ name }) => /^(echo|mix).*64$/.test(name)),
      Math.min(3, options.seconds),
    );
    return await runRounds(cells, options, 'commands');
  } finally {
    await Promise.all([service.stop(), echo.stop(), noStorage.stop(), single.stop()]);
  }
}
