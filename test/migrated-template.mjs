import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PROGRAMS = join(import.meta.dirname, 'support/programs');

/**
 * Migrates a new database file, or the database of a URL, for the tests to copy: migrating takes much longer
 * than a copy. What the migrations do, and that a service runs them, is tested on empty databases. It is done
 * by the sources, like the tests, and in a process of its own, because the ORM would stay loaded.
 */
export function migrateTemplate(database) {
  const program = [
    '--import',
    join(PROGRAMS, 'typescript.ts'),
    join(PROGRAMS, 'migrate-template.ts'),
    database,
  ];
  const { status, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The template of the tests' databases was not migrated: ${stderr}`);
}
