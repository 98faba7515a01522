import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { Client, User } from './client.js';
import { COMPILED } from './edgesoul.js';
import { dropDatabase, emptyDatabase } from './postgresql-databases.js';

const run = promisify(execFile);

type Environment = Record<string, string>;

/** A real service process on a scratch folder of its own. */
export class Store extends Client {
  private constructor(
    readonly folder: string,
    private service: ServiceProcess,
    private readonly env: Environment,
  ) {
    super(() => this.url);
  }

  static async start(env: Environment = {}): Promise<Store> {
    const folder = await mkdtemp(join(tmpdir(), 'edgesoul-e2e-'));
    const database: Environment = onPostgresql() ? { DATABASE_URL: await emptyDatabase() } : {};
    const settings = {
      DATA_DIR: join(folder, 'data'),
      BACKUP_DIR: join(folder, 'backups'),
      NODE_COMPILE_CACHE: COMPILED,
      ...database,
      ...env,
    };
    try {
      return new Store(folder, await startService(settings), settings);
    } catch (error) {
      await discard(folder, settings);
      throw error;
    }
  }

  /** A service over data that is there already; whoever made the data removes it. See startService. */
  static async over(settings: Environment, under?: readonly string[]): Promise<Store> {
    const env = { NODE_COMPILE_CACHE: COMPILED, ...settings };
    return new Store('', await startService(env, under), env);
  }

  get url(): string {
    return this.service.url;
  }

  /** Memory that the present process holds, in bytes. */
  async residentBytes(): Promise<number> {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(this.service.child.pid)]);
    return Number(stdout) * 1024;
  }

  /** The environment of the process. */
  get settings(): Environment {
    return this.env;
  }

  /** What the present process has logged so far, one line an entry. */
  get log(): readonly string[] {
    return this.service.log;
  }

  /** Address of its database; undefined on SQLite. */
  get databaseUrl(): string | undefined {
    return this.env.DATABASE_URL;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  user(id: string): User {
    return new User(id, () => this.url);
  }

  /** Ends the process; answers its exit code (null after a kill). */
  stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.service.stop(signal);
  }

  /** Starts a new process on the same folder, ending the present one if it still runs. */
  async restart(): Promise<void> {
    await this.service.stop();
    this.service = await startService(this.env);
  }

  /** Ends the process and removes the folder. */
  async remove(): Promise<void> {
    await this.service.stop('SIGKILL');
    await discard(this.folder, this.env);
  }
}

/** Whether this run of the tests keeps its data in PostgreSQL. */
export function onPostgresql(): boolean {
  return (globalThis as { DATABASE?: string }).DATABASE === 'postgresql';
}

async function discard(folder: string, { DATABASE_URL: url }: Environment): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  if (url) await dropDatabase(url);
}

/** Starts a service that must refuse to start; answers what it said, and fails if it starts after all. */
export async function refusedStart(env: Environment): Promise<string> {
  let service: ServiceProcess;
  try {
    service = await startService(env);
  } catch (error) {
    return (error as Error).message;
  }
  await service.stop('SIGKILL');
  throw new Error(`The service started, but should have refused: ${JSON.stringify(env)}`);
}
