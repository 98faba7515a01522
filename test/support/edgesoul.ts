import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/src/cli/edgesoul.js', import.meta.url));

/** What a command of the operator's command line has said, and its exit code. */
export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Begins a command of the built command line; a shell may prepare its process first. */
export function startEdgesoul(
  args: string[],
  env: Record<string, string>,
  prepare = '',
): ChildProcessWithoutNullStreams {
  const options = { env: { PATH: process.env.PATH, ...env } };
  if (prepare === '') return spawn(process.execPath, [CLI, ...args], options);
  return spawn('sh', ['-c', `${prepare} && exec "$@"`, '-', process.execPath, CLI, ...args], options);
}

/** Runs a command to its end. */
export async function edgesoul(args: string[], env: Record<string, string>, prepare = ''): Promise<Said> {
  const child = startEdgesoul(args, env, prepare);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
