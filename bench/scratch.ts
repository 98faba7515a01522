import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService, type ServiceProcess } from '../src/cli/service-process.ts';
import { startPostgresql, type StartedPostgresql } from '../test/postgresql-server.mjs';
import type { Database } from './options.ts';

/** The folders and services of a run; `remove` deletes and kills all of them. */
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

  /** Starts a database server for the services if the database needs one. */
  async use(database: Database): Promise<void> {
    if (database === 'postgresql') this.server = await startPostgresql({ durable: true });
  }

  /** Environment variables that give a service a database of its own; none for SQLite. */
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

/** Modules that change the service; they are loaded before its own code. */
export type Preload = 'no-storage' | 'single-commit';

/** A service that was started, with the variables that it was started with. */
export interface Started {
  service: ServiceProcess;
  data: string;
  env: Record<string, string>;
}

/** Starts the service on an empty data folder, unchanged or changed by a preload. */
export async function startFresh(scratch: Scratch, name: string, preload?: Preload): Promise<Started> {
  const data = scratch.folder(name);
  const preloadUrl = preload && pathToFileURL(join(import.meta.dirname, `preloads/${preload}.ts`)).href;
  const env = {
    DATA_DIR: data,
    BACKUP_DIR: join(data, 'backups'),
    ...(await scratch.database()),
    ...(preloadUrl ? { NODE_OPTIONS: `--import=${preloadUrl}` } : {}),
  };
  return { service: await start(scratch, env), data, env };
}

/** Stops a service and starts it again on the same data, with further variables. */
export async function startAgain(
  scratch: Scratch,
  { service, env }: Started,
  further: Record<string, string>,
): Promise<ServiceProcess> {
  await service.stop();
  return start(scratch, { ...env, ...further });
}

async function start(scratch: Scratch, env: Record<string, string>): Promise<ServiceProcess> {
  const service = await startService(env);
  scratch.services.add(service);
  service.child.once('exit', () => scratch.services.delete(service));
  return service;
}
