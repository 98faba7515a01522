import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/edgesoul.js', import.meta.url));

const KILLED = fileURLToPath(new URL('programs/killed.js', import.meta.url));

/** Hundreds of processes of the tests run the same code; it is kept from run to run. */
export const COMPILED = process.env.TEST_COMPILED ?? join(tmpdir(), 'edgesoul-compiled');

/** What a command of the operator's command line has said. */
export interface Said {
  /** Null after a kill. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line in a process of its own; a shell may prepare it first. */
export function edgesoul(args: readonly string[], env: Record<string, string>, prepare = ''): Promise<Said> {
  return startEdgesoul(args, env, prepare).ended;
}

/** The same, for a test that does not wait for its end. */
export function startEdgesoul(
  args: readonly string[],
  env: Record<string, string>,
  prepare = '',
): { child: ChildProcess; ended: Promise<Said> } {
  const program = [process.execPath, PROGRAM, ...args] as const;
  const [command, ...rest] =
    prepare === '' ? program : (['sh', '-c', `${prepare} && exec "$@"`, '-', ...program] as const);
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = async () => {
    const [[code], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, stdout, stderr };
  };
  return { child, ended: ended() };
}

/** The environment of a program that ends as with kill -9 at a step, such as "rename edgesoul.swap.json": see the program. */
export function killedAt(step: string, env: Record<string, string>): Record<string, string> {
  return { ...env, NODE_OPTIONS: `--import=${KILLED}`, KILLED_AT: step };
}
