import { escapeIdentifier, type Client } from 'pg';
import { openClient } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';

/** Waits this long for what still reads a schema, then fails. */
const LOCK_TIMEOUT = "set lock_timeout = '10s'";

/** Names of the schemas that begin so and have a store. */
export function schemasWithStores(url: string, prefix: string): Promise<string[]> {
  return connected(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select nspname as name from pg_namespace n
        where starts_with(nspname, $1)
          and exists (select 1 from pg_class where relnamespace = n.oid and relname = 'events')
        order by name`,
      [prefix],
    );
    return rows.map(({ name }) => name);
  });
}

/** Creates a schema; one that is there already stays as it is. */
export function createSchema(url: string, schema: string): Promise<void> {
  return connected(url, async (client) => {
    await client.query(`create schema if not exists ${escapeIdentifier(schema)}`);
  });
}

/** Drops a schema with all that is in it. */
export function dropSchema(url: string, schema: string): Promise<void> {
  return connected(url, async (client) => {
    await client.query(LOCK_TIMEOUT);
    await client.query(`drop schema if exists ${escapeIdentifier(schema)} cascade`);
  });
}

function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  return translating(async () => {
    const client = openClient(url, 'tenants');
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end();
    }
  });
}
