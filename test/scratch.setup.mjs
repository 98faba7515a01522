import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateTemplate } from './migrated-template.mjs';

const MEMORY_FOLDER = '/dev/shm';
/** More than all databases of one run need. */
const REQUIRED_BYTES = 2 * 1024 ** 3;

/**
 * Creates one folder for everything that the tests write, and removes it when the run ends. It is in memory
 * if there is room, because the tests create thousands of small databases and none has to survive a power
 * cut. What reaches the disk, and when, is tested by system calls. In it is the migrated database that tests copy.
 */
export default function setup() {
  if (process.env.TEST_COMPILED) return;
  process.env.TEST_COMPILED = join(tmpdir(), 'edgesoul-compiled');
  const folder = mkdtempSync(join(memoryHasRoom() ? MEMORY_FOLDER : tmpdir(), 'edgesoul-tests-'));
  // PostgreSQL may run as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env.TEST_SQLITE_TEMPLATE = join(folder, 'migrated.db');
  migrateTemplate(process.env.TEST_SQLITE_TEMPLATE);
}

function memoryHasRoom() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize > REQUIRED_BYTES;
  } catch {
    return false;
  }
}
