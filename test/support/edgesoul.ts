import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/edgesoul.js', import.meta.url));

const KILLED = fileURLToPath(new URL('programs/killed.js', import.meta.url));

/** Compile cache shared by the hundreds of processes that the tests start, kept from run to run. */
export const COMPILE_CACHE = process.env.TEST_COMPILED ?? join(tmpdir(), 'edgesoul-compiled');

/** The exit code and output of a command of the operator's command line. */
export interface CommandOutput {
  /** Null after a kill. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line in a process of its own, after the shell command `prepare` if one is given. */
export function edgesoul(
  args: readonly string[],
  env: Record<string, string>,
  prepare = '',
): Promise<CommandOutput> {
  return startEdgesoul(args, env, prepare).ended;
}

/** Starts the command line like `edgesoul`, but does not wait for its end. */
export function startEdgesoul(
  args: readonly string[],
  env: Record<string, string>,
  prepare = '',
): { child: ChildProcess; ended: Promise<CommandOutput> } {
  const program = [process.execPath, PROGRAM, ...args] as const;
  const [command, ...rest] =
    prepare === '' ? program : (['sh', '-c', `${prepare} && exec "$@"`, '-', ...program] as const);
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = async () => {
    const [[code], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, stdout, stderr };
  };
  return { child, ended: output() };
}

/** The environment of a program to be killed at a step, such as "rename x.json": see programs/killed.js. */
export function killedAt(step: string, env: Record<string, string>): Record<string, string> {
  return { ...env, NODE_OPTIONS: `--import=${KILLED}`, KILLED_AT: step };
}
