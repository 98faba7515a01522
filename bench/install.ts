import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Installs, once, the packages that only the benchmarks need; the root's `npm ci` leaves them out. */
export function installBenchPackages(): void {
  const folder = import.meta.dirname;
  if (existsSync(join(folder, 'node_modules/autocannon'))) return;
  process.stderr.write(
    'Installing the load generator and the peer into bench/node_modules (once; where no ready-made sqlite3 can be ' +
      'had it is compiled, about two minutes)…\n',
  );
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) {
    throw new Error('npm ci failed in bench/: the benchmarks need its packages (is the registry reachable?)');
  }
}

/** Whether emmett could be installed; it is optional because its driver may have to be compiled. */
export function peerInstalled(): boolean {
  const modules = join(import.meta.dirname, 'node_modules');
  return ['@event-driven-io/emmett-sqlite', 'sqlite3/build/Release/node_sqlite3.node'].every((name) =>
    existsSync(join(modules, name)),
  );
}
