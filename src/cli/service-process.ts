import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A service that runs in its own process, for the demo, the benchmarks and the end-to-end tests. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything the process has logged so far, one JSON line per entry. */
  readonly log: readonly string[];
  /**
   * Sends the signal and waits for the process to exit; returns the exit code, null if a signal killed it.
   */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the built service and waits until it logs the address on which it listens; rejects with its output
 * if it exits first. `wrapper` is put in front of the command line, for example to set resource limits.
 */
export async function startService(
  env: Record<string, string>,
  wrapper: readonly string[] = [],
): Promise<ServiceProcess> {
  const [command, ...args] = [...wrapper, process.execPath, builtMain()];
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        const url = /"url":"(https?:[^"]+)"/.exec(line)?.[1];
        if (url) resolve(url);
      });
    }
  });
  const url = await Promise.race([
    listening,
    ended.then(([code]) => {
      throw new Error(`The service ended with code ${code} before it listened:\n${log.join('\n')}`);
    }),
  ]);
  return {
    url,
    child,
    log,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

function builtMain(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..');
  return join(folder, 'dist/src/main.js');
}
