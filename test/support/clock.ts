import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DAY_MS = 24 * 3_600_000;
const CLOCK = fileURLToPath(new URL('programs/clock-of-file.js', import.meta.url));

/** The clock of a service that a test sets. */
export interface SetClock {
  /** The environment of the service. */
  env: Record<string, string>;
  /** Sets it; ms since 1970 UTC. */
  set(time: number): Promise<void>;
}

/** A clock that shows the time. */
export async function clockAt(time: number): Promise<SetClock> {
  const file = join(await mkdtemp(join(tmpdir(), 'edgesoul-clock-')), 'clock');
  const set = async (to: number): Promise<void> => {
    await writeFile(`${file}.new`, new Date(to).toISOString());
    await rename(`${file}.new`, file);
  };
  await set(time);
  return { env: { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_FILE: file }, set };
}
