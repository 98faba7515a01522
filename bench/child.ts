import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A server process of the benchmarks that has reported its address. */
export interface Started {
  url: string;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a server file of this folder and waits for its address. */
export async function startServer(file: string): Promise<Started> {
  const child = spawnFile(file);
  const { url } = await firstMessage<{ url: string }>(file, child);
  return { url, child, stop: () => stop(child) };
}

/** Runs a measuring file of this folder with one task and returns its result. */
export async function runTask<Result>(file: string, task: object): Promise<Result> {
  const child = spawnFile(file);
  child.send(task);
  const result = await firstMessage<Result>(file, child);
  await stop(child);
  return result;
}

function spawnFile(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function firstMessage<T>(file: string, child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const { error } = message as { error?: string };
      if (error) reject(new Error(`${file}: ${error}`));
      else resolve(message as T);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${file} ended with ${code ?? signal} before it answered`)),
    );
  });
}

/** Disconnects the process, which makes it exit; kills it if it has not exited within two seconds. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  const killer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(killer);
}
