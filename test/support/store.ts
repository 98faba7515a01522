import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { startService, type ServiceProcess } from '../../src/cli/service-process.js';
import { Client, User } from './client.js';
import { COMPILE_CACHE } from './edgesoul.js';
import { dropDatabase, emptyDatabase, migratedDatabase, runSql } from './postgresql-databases.js';
import { copyMigrated } from './scratch.js';

const run = promisify(execFile);

type Environment = Record<string, string>;

/** A real service process with its own scratch folder. */
export class Store extends Client {
  private constructor(
    readonly folder: string,
    private service: ServiceProcess,
    private readonly env: Environment,
  ) {
    super(() => this.url);
  }

  /** Starts a service on a new store that is migrated already: loading the ORM takes longer than all else. */
  static async start(env: Environment = {}): Promise<Store> {
    return Store.startNew(env, onPostgresql() ? migratedInDatabase : migratedInFolder);
  }

  /** Starts a service on an empty folder or database, as on a new machine: it migrates first. */
  static async startEmpty(env: Environment = {}): Promise<Store> {
    return Store.startNew(env, async () => (onPostgresql() ? addressIn(await emptyDatabase()) : {}));
  }

  private static async startNew(
    env: Environment,
    make: (dataDir: string) => Promise<Environment>,
  ): Promise<Store> {
    const folder = await mkdtemp(join(tmpdir(), 'edgesoul-e2e-'));
    const dataDir = join(folder, 'data');
    const settings = {
      DATA_DIR: dataDir,
      BACKUP_DIR: join(folder, 'backups'),
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...(await make(dataDir)),
      ...env,
    };
    try {
      return new Store(folder, await startService(settings), settings);
    } catch (error) {
      await discard(folder, settings);
      throw error;
    }
  }

  /** Starts a service on existing data, which its creator removes. `under` is as in startService. */
  static async startOn(settings: Environment, under?: readonly string[]): Promise<Store> {
    const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...settings };
    return new Store('', await startService(env, under), env);
  }

  get url(): string {
    return this.service.url;
  }

  /** Resident memory of the present process, in bytes. */
  async residentBytes(): Promise<number> {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(this.service.child.pid)]);
    return Number(stdout) * 1024;
  }

  /** The environment of the process. */
  get settings(): Environment {
    return this.env;
  }

  /** The log lines of the present process so far. */
  get log(): readonly string[] {
    return this.service.log;
  }

  /** The URL of its database; undefined on SQLite. */
  get databaseUrl(): string | undefined {
    return this.env.DATABASE_URL;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  user(id: string): User {
    return new User(id, () => this.url);
  }

  /** Ends the process; returns its exit code, null after a kill. */
  stop(signal?: NodeJS.Signals): Promise<number | null> {
    return this.service.stop(signal);
  }

  /** Ends the present process if it still runs, and starts a new one on the same folder. */
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

/** Each store has an identity of its own, which can be given as long as it has no events. */
const newIdentity = () => `update store_identity set store_id = '${randomUUID()}'`;

async function migratedInFolder(dataDir: string): Promise<Environment> {
  await mkdir(dataDir);
  const file = join(dataDir, 'edgesoul.db');
  await copyMigrated(file);
  const db = new Database(file);
  db.exec(newIdentity());
  db.close();
  return {};
}

async function migratedInDatabase(): Promise<Environment> {
  const url = await migratedDatabase();
  await runSql(url, newIdentity());
  return addressIn(url);
}

function addressIn(url: string): Environment {
  return { DATABASE_URL: url };
}

async function discard(folder: string, { DATABASE_URL: url }: Environment): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  if (url) await dropDatabase(url);
}

/** Starts a service that must refuse to start; returns its error message, and throws if it does start. */
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
