import type { BenchOptions } from '../options.ts';
import { runRounds, warmUp, type Cell, type CellSummary } from '../rounds.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { seedUsers } from './seed-users.ts';

const RATE = 2_500;

/** The mix at a fixed rate, whatever the answers take: the tail that users feel. */
export async function measureOpenLoop(options: BenchOptions, scratch: Scratch): Promise<CellSummary[]> {
  const { service } = await startFresh(scratch, 'open-loop');
  const { service: noStorage } = await startFresh(scratch, 'no-storage', 'no-storage');
  try {
    await seedUsers(service.url, 'users for the open loop');
    const shared = { pool: { kind: 'mix' }, connections: 64, rate: RATE } as const;
    const yardstick = `no storage, ${RATE}/s`;
    const cells: Cell[] = [
      { name: yardstick, server: noStorage, ...shared },
      { name: `service, ${RATE}/s`, server: service, ...shared, yardstick },
    ];
    await warmUp(cells, Math.min(3, options.seconds));
    return await runRounds(cells, options, 'open-loop');
  } finally {
    await Promise.all([service.stop(), noStorage.stop()]);
  }
}
