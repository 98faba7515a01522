/** The tenant of whoever names none: its store is the one in `DATA_DIR`, or at `DATABASE_URL`. */
export const DEFAULT_TENANT = 'default';

/** What a name may be, in words. */
export const TENANT_RULE = 'must have 1 to 40 characters of a-z 0-9 -, the first one a letter or a digit';
const TENANT = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Whether it can be the name of a tenant, of the default one as well. */
export function isTenantName(text: string): boolean {
  return TENANT.test(text);
}
