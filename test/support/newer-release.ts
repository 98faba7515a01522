import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A build of the service whose emotion trend has folds of the next version. */
export interface NewerRelease {
  /** What a service has to be started under to be of that release: see startService. */
  under: readonly string[];
  remove(): Promise<void>;
}

/** Copies the build, and lets one projection declare the next version. */
export async function newerRelease(): Promise<NewerRelease> {
  // Below node_modules it finds the same dependencies, and no other tool finds it.
  const folder = await mkdtemp(join(ROOT, 'node_modules/.edgesoul-newer-'));
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const file = join(folder, 'dist/src/projections/emotion-trend.projection.js');
  const source = await readFile(file, 'utf8');
  const newer = source.replace(/(name: 'emotion-trend',\s+version: )(\d+)/, (_, before: string, version) => {
    return `${before}${Number(version) + 1}`;
  });
  if (newer === source) throw new Error(`${file} declares no version where it was looked for.`);
  await writeFile(file, newer);
  return {
    under: ['sh', '-c', `exec "$1" "${join(folder, 'dist/src/main.js')}"`, '-'],
    remove: () => rm(folder, { recursive: true }),
  };
}
