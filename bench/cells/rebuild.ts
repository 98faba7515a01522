import { setTimeout as sleep } from 'node:timers/promises';
import { CommandMaker } from '../bodies.ts';
import { runTask } from '../child.ts';
import type { BenchOptions } from '../options.ts';
import { progress } from '../progress.ts';
import type { RebuildReport } from '../report.ts';
import { startFresh, type Scratch } from '../scratch.ts';
import { loadCommands } from '../seed.ts';

interface Rebuild {
  state: 'running' | 'swapped' | 'failed' | 'cancelled';
  total: number;
  eventsPerSecond: number;
}

/** A rebuild of all projections while nobody else asks, against only reading and parsing the same rows. */
export async function measureRebuild(
  options: BenchOptions,
  scratch: Scratch,
): Promise<RebuildReport | undefined> {
  const { service, data } = await startFresh(scratch, 'rebuild');
  try {
    if (!(await offersRebuilds(service.url))) {
      progress('rebuild: this service has no POST /v1/ops/rebuilds');
      return undefined;
    }
    const maker = new CommandMaker(31);
    const count = options.quick ? 20_000 : 200_000;
    await loadCommands(service.url, { label: 'commands to rebuild from', count, make: () => maker.mixed() });
    progress('rebuild: reading the rows');
    const read = await runTask<{ events: number; seconds: number }>('peers/read-log.ts', {
      folder: data,
    });
    progress('rebuild: rebuilding');
    const start = performance.now();
    const rebuild = await rebuilt(service.url);
    const seconds = (performance.now() - start) / 1000;
    const rebuiltPerSecond = rebuild.eventsPerSecond || read.events / seconds;
    const readPerSecond = read.events / read.seconds;
    return { events: read.events, rebuiltPerSecond, readPerSecond, ratio: rebuiltPerSecond / readPerSecond };
  } finally {
    await service.stop();
  }
}

async function offersRebuilds(url: string): Promise<boolean> {
  const { status } = await fetch(`${url}/v1/ops/rebuilds`, { method: 'POST' });
  return status !== 404;
}

async function rebuilt(url: string): Promise<Rebuild> {
  const asked = await fetch(`${url}/v1/ops/rebuilds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (asked.status !== 202)
    throw new Error(`POST /v1/ops/rebuilds answered ${asked.status}: ${await asked.text()}`);
  const { rebuildId } = (await asked.json()) as { rebuildId: string };
  for (;;) {
    await sleep(100);
    const answer = await fetch(`${url}/v1/ops/rebuilds/${rebuildId}`);
    const rebuild = (await answer.json()) as Rebuild;
    if (rebuild.state === 'swapped') return rebuild;
    if (rebuild.state !== 'running') throw new Error(`The rebuild ended as ${JSON.stringify(rebuild)}`);
  }
}
