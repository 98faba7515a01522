import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/src/cli/edgesoul.js', import.meta.url));

/** What a command of the operator's command line has said, and its exit code. */
export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line. */
export async function edgesoul(args: string[], env: Record<string, string>): Promise<Said> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
