import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { BenchOptions } from '../options.ts';
import { runRounds, warmUp, type Cell, type CellSummary } from '../rounds.ts';
import { startFresh, type Scratch, type Started } from '../scratch.ts';
import { seedUsers } from './seed-users.ts';

const CONNECTIONS = 64;
/** Longer than a service takes to learn of its first key, ms. */
const LEARNT_MS = 1_000;
const PROGRAM = join(import.meta.dirname, '../../dist/src/cli/edgesoul.js');

/** Compares the mix and point reads with a key to those of a service that asks for none, side by side. */
export async function measureKeys(options: BenchOptions, scratch: Scratch): Promise<CellSummary[]> {
  const open = await startFresh(scratch, 'open');
  const keyed = await startFresh(scratch, 'keyed');
  try {
    const users = [...(await seedUsers(open.service.url, 'users without keys')).keys()];
    await seedUsers(keyed.service.url, 'the same users with keys');
    const token = createKey(keyed);
    await new Promise((resolve) => setTimeout(resolve, LEARNT_MS));
    const paths = users.map((user) => `/v1/users/${user}/profile`);
    const pools: [string, Cell['pool']][] = [
      ['mix', { kind: 'mix' }],
      ['profile', { kind: 'paths', paths }],
    ];
    const cells = pools.flatMap(([name, pool]): Cell[] => [
      { name: `${name} without a key`, server: open.service, pool, connections: CONNECTIONS },
      {
        name: `${name} with a key`,
        server: keyed.service,
        pool,
        connections: CONNECTIONS,
        token,
        yardstick: `${name} without a key`,
      },
    ]);
    await warmUp(cells, 1);
    return await runRounds(cells, options, 'keys');
  } finally {
    await Promise.all([open.service.stop(), keyed.service.stop()]);
  }
}

/** Makes a key as an operator does, and returns its token. */
function createKey({ env }: Started): string {
  const command = ['keys', 'create', '--name', 'bench', '--scope', 'chat', '--json'];
  const output = execFileSync(process.execPath, [PROGRAM, ...command], { env, encoding: 'utf8' });
  return (JSON.parse(output) as { token: string }).token;
}
