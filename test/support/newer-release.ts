import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A build of the service that declares the next version of the emotion trend. */
export interface NewerRelease {
  /** The `under` argument of startService that starts this release. */
  under: readonly string[];
  remove(): Promise<void>;
}

/** Copies the build and raises the version of one projection. */
export async function newerRelease(): Promise<NewerRelease> {
  // Below node_modules it resolves the same dependencies, and no other tool finds it.
  const folder = await mkdtemp(join(ROOT, 'node_modules/.edgesoul-newer-'));
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const file = join(folder, 'dist/src/projections/emotion-trend.projection.js');
  const source = await readFile(file, 'utf8');
  const newer = source.replace(
    /(name: 'emotion-trend',[^{}]*?\bversion: )(\d+)/,
    (_, before: string, version) => {
      return `${before}${Number(version) + 1}`;
    },
  );
  if (newer === source) throw new Error(`${file} declares no version where it was looked for.`);
  await writeFile(file, newer);
  return {
    under: ['sh', '-c', `exec "$1" "${join(folder, 'dist/src/main.js')}"`, '-'],
    remove: () => rm(folder, { recursive: true }),
  };
}
