import { join } from 'node:path';
import type { Config } from '../../config.js';
import { InvalidInput } from '../../errors.js';
import type { DatabaseAddress } from '../database-address.js';
import { namedSchema } from '../postgresql/named-schema.js';
import { databaseFile } from '../sqlite/data-folder.js';
import { DEFAULT_TENANT } from './tenant-name.js';

/** Longest name of a schema in PostgreSQL, bytes; it would cut a longer one, and so mix up two tenants. */
const MAX_SCHEMA_BYTES = 63;

/** Where a store keeps what it has. */
export type StorePlace = Pick<Config, 'databaseUrl' | 'dataDir' | 'backupDir'>;

/**
 * The same settings for the store of a tenant: the folder `tenants/<name>` in the data folder and in the
 * backup folder, or a schema of its own in the PostgreSQL database. The default tenant has what the settings
 * say. Throws InvalidInput if the name of the schema would be too long.
 */
export function ofTenant<T extends StorePlace>(config: T, tenant: string): T {
  if (tenant === DEFAULT_TENANT) return config;
  const { databaseUrl, dataDir, backupDir } = config;
  return {
    ...config,
    dataDir: join(tenantsFolder(dataDir), tenant),
    backupDir: join(tenantsFolder(backupDir), tenant),
    ...(databaseUrl !== undefined && { databaseUrl: inSchema(databaseUrl, schemaOf(databaseUrl, tenant)) }),
  };
}

/** The folder that has one folder for each tenant but the default one. */
export function tenantsFolder(folder: string): string {
  return join(folder, 'tenants');
}

/** The file or the PostgreSQL database that holds a store. */
export function addressOf({
  databaseUrl,
  dataDir,
}: Pick<StorePlace, 'databaseUrl' | 'dataDir'>): DatabaseAddress {
  return databaseUrl === undefined ? { file: databaseFile(dataDir) } : { url: databaseUrl };
}

/**
 * The beginning of the names of all tenants' schemas. Stores that share a database, each in a schema that its
 * own URL names, keep their tenants apart by it.
 */
export function schemaPrefix(databaseUrl: string): string {
  return `${namedSchema(databaseUrl) ?? 'edgesoul'}_tenant_`;
}

/** The name of a tenant's schema: no name of a tenant has an underscore. */
export function schemaOf(databaseUrl: string, tenant: string): string {
  const schema = schemaPrefix(databaseUrl) + tenant.replaceAll('-', '_');
  if (schema.length > MAX_SCHEMA_BYTES)
    throw InvalidInput.field('tenant', `${tenant} is too long: PostgreSQL would cut the schema ${schema}`);
  return schema;
}

/** The same database, with another schema as the only one that is searched. */
function inSchema(databaseUrl: string, schema: string): string {
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options');
  // The last setting of a name is the one that counts.
  url.searchParams.set('options', `${options === null ? '' : `${options} `}-c search_path=${schema}`);
  return url.href;
}
