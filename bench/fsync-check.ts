import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scratch } from './scratch.ts';
import { startFresh } from './scratch.ts';

const COMMANDS_SENT = 50;

/**
 * Sends commands one by one and counts the service's syncs by strace; without strace, compares the time with
 * the disk's own.
 */
export async function checkFsync(scratch: Scratch, diskSyncMs: number): Promise<string> {
  const { service } = await startFresh(scratch, 'fsync');
  try {
    await sendCommand(service.url);
    const trace = spawnSync('strace', ['-V']).error
      ? undefined
      : await attach(service.child.pid!, join(scratch.folder('strace'), 'out'));
    const start = performance.now();
    for (let i = 0; i < COMMANDS_SENT; i++) await sendCommand(service.url);
    const msPerCommand = (performance.now() - start) / COMMANDS_SENT;
    if (!trace) {
      const verdict = msPerCommand >= diskSyncMs ? 'consistent with one each' : 'TOO FAST to be synced';
      return `strace unavailable; ${msPerCommand.toFixed(2)} ms a command against ${diskSyncMs.toFixed(2)} ms a disk sync: ${verdict}`;
    }
    const syncs = await trace.stop();
    return `${syncs} fsync/fdatasync calls for ${COMMANDS_SENT} commands sent one by one (counted by strace)${syncs < COMMANDS_SENT ? ': TOO FEW' : ''}`;
  } finally {
    await service.stop();
  }
}

async function sendCommand(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/users/fsync-check/emotions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ emotion: 'joy', intensity: 0.5 }),
  });
  if (!response.ok) throw new Error(`POST emotions answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** Attaches strace; returns undefined if this user may not trace. */
async function attach(pid: number, file: string): Promise<{ stop(): Promise<number> } | undefined> {
  const strace = spawn('strace', ['-f', '-e', 'trace=fsync,fdatasync', '-o', file, '-p', String(pid)], {
    stdio: 'ignore',
  });
  const ended = once(strace, 'exit');
  const early = await Promise.race([ended, sleep(1_000, 'attached')]);
  if (early !== 'attached') return undefined;
  return {
    async stop() {
      strace.kill('SIGINT');
      await ended;
      const calls = readFileSync(file, 'utf8').match(/(fsync|fdatasync)\(/g);
      return calls?.length ?? 0;
    },
  };
}
