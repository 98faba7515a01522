import { AsyncLocalStorage } from 'node:async_hooks';

const tenants = new AsyncLocalStorage<string>();

/** Runs the work so that every line that it logs, also later, names the tenant. */
export function loggedAs<T>(tenant: string, work: () => T): T {
  return tenants.run(tenant, work);
}

/** What a log line has of its tenant: nothing for the default one. */
export function tenantOfLine(): { tenant?: string } {
  const tenant = tenants.getStore();
  return tenant === undefined ? {} : { tenant };
}
