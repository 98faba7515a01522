import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService, type ServiceProcess } from '../src/cli/service-process.ts';
import { startPostgresql, type StartedPostgresql } from '../test/postgresql-server.mjs';
import type { Database } from './options.ts';

/** Folders and services that vanish with the run, however it ends. */
export class Scratch {
  private readonly root: string;
  private server: StartedPostgresql | undefined;
  readonly services = new Set<ServiceProcess>();

  constructor(parent: string) {
    this.root = mkdtempSync(join(parent, 'edgesoul-bench-'));
  }

  folder(name: string): string {
    return mkdtempSync(join(this.root, `${name}-`));
  }

  /** Starts the server that services are to keep their data in, if it takes one. */
  async use(database: Database): Promise<void> {
    if (database === 'postgresql') this.server = await startPostgresql({ durable: true });
  }

  /** Where a service of its own keeps its data. */
  async database(): Promise<Record<string, string>> {
    return this.server ? { DATABASE_URL: await this.server.createDatabase() } : {};
  }

  async stopServer(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  remove(): void {
    for (const { child } of this.services) child.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Changes to the service that are loaded before its own code. */
export type Preload = 'no-storage' | 'single-commit';

/** The service with its own empty data folder, as it is or changed by a preload. */
export async function startFresh(
  scratch: Scratch,
  name: string,
  preload?: Preload,
): Promise<{ service: ServiceProcess; data: string }> {
  const data = scratch.folder(name);
  const changed = preload && pathToFileURL(join(import.meta.dirname, `preloads/${preload}.ts`)).href;
  const service = await startService({
    DATA_DIR: data,
    BACKUP_DIR: join(data, 'backups'),
    ...(await scratch.database()),
    ...(changed ? { NODE_OPTIONS: `--import=${changed}` } : {}),
  });
  scratch.services.add(service);
  service.child.once('exit', () => scratch.services.delete(service));
  return { service, data };
}
