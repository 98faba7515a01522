import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidInput, NotFound, Refused } from '../../errors.js';
import { revokeKeysOf } from '../keys/access-keys.js';
import { migrate } from '../migrate.js';
import { createSchema, dropSchema, schemasWithStores } from '../postgresql/tenant-schemas.js';
import { takeDataFolder } from '../sqlite/data-folder.js';
import { foldersWithStores, hasStore, removeDataFolder } from '../sqlite/tenant-folders.js';
import { DEFAULT_TENANT, isTenantName } from './tenant-name.js';
import {
  addressOf,
  ofTenant,
  schemaOf,
  schemaPrefix,
  tenantsFolder,
  type StorePlace,
} from './tenant-place.js';

/** Longest time in which every service has closed a tenant's store after its last key has ended, ms. */
const CLOSED_MS = 3_000;

/** The names of all tenants that have a store, but the default one, in order. */
export async function tenantNames(place: StorePlace): Promise<string[]> {
  const { databaseUrl, dataDir } = place;
  if (databaseUrl === undefined)
    return foldersWithStores(tenantsFolder(dataDir)).filter(isTenantName).toSorted();
  const prefix = schemaPrefix(databaseUrl);
  const schemas = await schemasWithStores(databaseUrl, prefix);
  return schemas
    .map((schema) => schema.slice(prefix.length).replaceAll('_', '-'))
    .filter(isTenantName)
    .toSorted();
}

/** Whether a tenant has a store. */
export async function hasTenant(place: StorePlace, tenant: string): Promise<boolean> {
  if (tenant === DEFAULT_TENANT) return true;
  if (place.databaseUrl === undefined) return hasStore(ofTenant(place, tenant).dataDir);
  return (await tenantNames(place)).includes(tenant);
}

/** Throws NotFound unless the tenant has a store. */
export async function refuseUnknownTenant(place: StorePlace, tenant: string): Promise<void> {
  if (await hasTenant(place, tenant)) return;
  throw new NotFound(
    'tenant.not-found',
    `There is no tenant ${tenant}; "edgesoul tenants create ${tenant}" makes one.`,
  );
}

/**
 * Creates the empty store of a tenant, also beside a running service. Throws Refused if there is such a
 * tenant. After a kill, the same call makes what is missing.
 */
export async function createTenant(place: StorePlace, tenant: string): Promise<void> {
  if (await hasTenant(place, tenant))
    throw new Refused('tenant.exists', `There is a tenant ${tenant} already; nothing was changed.`);
  const own = ofTenant(place, tenant);
  if (place.databaseUrl !== undefined) {
    await createSchema(place.databaseUrl, schemaOf(place.databaseUrl, tenant));
    await migrate(addressOf(own));
    return;
  }
  const folder = takeDataFolder(own.dataDir);
  try {
    await migrate({ file: folder.file });
  } finally {
    folder.release();
  }
}

/**
 * Ends the keys of a tenant, and removes its store and its backups for good. A running service closes the
 * store when the keys have ended. Throws InvalidInput for the default tenant, NotFound for an unknown one, and
 * StartRefused while another process has the store. After a kill, the same call removes what is left. Returns
 * how many keys it has ended.
 */
export async function removeTenant(place: StorePlace, tenant: string): Promise<number> {
  if (tenant === DEFAULT_TENANT)
    throw InvalidInput.field('tenant', 'the default tenant stays; "edgesoul reset" empties its store');
  await refuseUnknownTenant(place, tenant);
  const ended = await revokeKeysOf(addressOf(place), tenant);
  await pause(CLOSED_MS);
  const own = ofTenant(place, tenant);
  await rm(own.backupDir, { recursive: true, force: true });
  if (place.databaseUrl !== undefined)
    await dropSchema(place.databaseUrl, schemaOf(place.databaseUrl, tenant));
  else removeDataFolder(own.dataDir);
  return ended;
}
