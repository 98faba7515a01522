import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** More than all databases of a run take together. */
const ROOM_BYTES = 2 * 1024 ** 3;

/**
 * Everything that tests write lies in one folder that goes with the run: in memory where there is room, since thousands of
 * small databases are made and none has to outlive a power cut. What reaches the disk, and when, is tested by system calls.
 */
export default function setup() {
  if (process.env.TEST_COMPILED) return;
  process.env.TEST_COMPILED = join(tmpdir(), 'edgesoul-compiled');
  const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), 'edgesoul-tests-'));
  // PostgreSQL may run as a user of its own, who has to get through.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false;
  }
}
