import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A build of the service as a later release might be. */
export interface NewerRelease {
  /** The `under` argument of startService that starts this release. */
  under: readonly string[];
  remove(): Promise<void>;
}

/** What a later release changes in a file of the build. */
interface Change {
  file: string;
  from: string | RegExp;
  to: string | ((match: string, ...groups: string[]) => string);
}

/** A release that declares the next version of the emotion trend. */
const NEXT_VERSION: Change = {
  file: 'projections/emotion-trend.projection.js',
  from: /(name: 'emotion-trend',[^{}]*?\bversion: )(\d+)/,
  to: (_, before, version) => `${before}${Number(version) + 1}`,
};

/** A release that records the weather with an emotion, in a new optional field. */
export const WITH_WEATHER: readonly Change[] = [
  {
    file: 'events/emotion/emotion-observed.event.js',
    from: '/** A user showed an emotion. */',
    to: `__decorate([IsText(1, 50)], EmotionObserved.prototype, 'weather', void 0);
Optional()(EmotionObserved.prototype, 'weather');`,
  },
  {
    file: 'modules/emotion/emotion.decider.js',
    from: 'const data = {',
    to: "const data = { weather: 'rain',",
  },
];

/** Copies the build and changes it. */
export async function newerRelease(changes: readonly Change[] = [NEXT_VERSION]): Promise<NewerRelease> {
  // Below node_modules it resolves the same dependencies, and no other tool finds it.
  const folder = await mkdtemp(join(ROOT, 'node_modules/.edgesoul-newer-'));
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const { file, from, to } of changes) {
    const path = join(folder, 'dist/src', file);
    const source = await readFile(path, 'utf8');
    const newer = source.replace(from, to as string);
    if (newer === source) throw new Error(`${path} has nothing to change where it was looked for.`);
    await writeFile(path, newer);
  }
  return {
    under: ['sh', '-c', `exec "$1" "${join(folder, 'dist/src/main.js')}"`, '-'],
    remove: () => rm(folder, { recursive: true }),
  };
}
