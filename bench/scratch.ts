import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService, type ServiceProcess } from '../src/cli/service-process.ts';

/** Folders and services that vanish with the run, however it ends. */
export class Scratch {
  private readonly root: string;
  readonly services = new Set<ServiceProcess>();

  constructor(parent: string) {
    this.root = mkdtempSync(join(parent, 'edgesoul-bench-'));
  }

  folder(name: string): string {
    return mkdtempSync(join(this.root, `${name}-`));
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
    ...(changed ? { NODE_OPTIONS: `--import=${changed}` } : {}),
  });
  scratch.services.add(service);
  service.child.once('exit', () => scratch.services.delete(service));
  return { service, data };
}
