import type { BenchOptions } from '../options.ts';
import { runRounds, warmUp, type Cell, type CellSummary } from '../rounds.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { seedUsers } from './seed-users.ts';

const COMMANDS_PER_SECOND = 2_500;

/**
 * Sends the mix at a fixed rate, however long the answers take: the latencies are those that users would see.
 */
export async function measureOpenLoop(options: BenchOptions, scratch: Scratch): Promise<CellSummary[]> {
  const { service } = await startFresh(scratch, 'open-loop');
  const { service: noStorage } = await startFresh(scratch, 'no-storage', 'no-storage');
  try {
    await seedUsers(service.url, 'users for the open loop');
    const shared = { pool: { kind: 'mix' }, connections: 64, rate: COMMANDS_PER_SECOND } as const;
    const yardstick = `no storage, ${COMMANDS_PER_SECOND}/s`;
    const cells: Cell[] = [
      { name: yardstick, server: noStorage, ...shared },
      { name: `service, ${COMMANDS_PER_SECOND}/s`, server: service, ...shared, yardstick },
    ];
    await warmUp(cells, Math.min(3, options.seconds));
    return await runRounds(cells, options, 'open-loop');
  } finally {
    await Promise.all([service.stop(), noStorage.stop()]);
  }
}
