import { randomBytes } from 'node:crypto';
import { Client, type QueryResult } from 'pg';

/** The URL of a new, empty database on the run's server. */
export async function emptyDatabase(): Promise<string> {
  return createDatabase('template0');
}

/** The URL of a new, migrated database. */
export async function migratedDatabase(): Promise<string> {
  const template = process.env.TEST_POSTGRESQL_TEMPLATE;
  if (!template) throw new Error('No database was migrated for this run.');
  return createDatabase(template);
}

/** Drops the database, even if clients are still connected. */
export async function dropDatabase(url: string): Promise<void> {
  await runOnServer(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
}

/** Runs statements on a new connection. */
export async function runSql(url: string, sql: string): Promise<QueryResult> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

async function createDatabase(from: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOnServer(`create database ${name} template ${from} strategy file_copy`);
  return Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
}

function runOnServer(sql: string): Promise<unknown> {
  return runSql(serverUrl(), sql);
}

function serverUrl(): string {
  const url = process.env.TEST_POSTGRESQL_URL;
  if (!url) throw new Error('No PostgreSQL server was started for this run.');
  return url;
}
