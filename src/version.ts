import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this release, as package.json declares it. */
export const VERSION = versionOf(import.meta.dirname);

/** Reads the nearest package.json: the source and the built code are at different depths below it. */
function versionOf(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return versionOf(join(folder, '..'));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
