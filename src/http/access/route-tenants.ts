import type { IncomingMessage, ServerResponse } from 'node:http';
import { StoreError, Unexpected } from '../../errors.js';
import type { KeyRing } from '../../store/keys/key-ring.js';
import { DEFAULT_TENANT } from '../../store/tenants/tenant-name.js';
import { FILES, tokenOf } from './check-access.js';
import { refuseBefore } from './refused-before.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Where the requests of tenants go. */
export interface TenantServers {
  /**
   * Returns how the server of a tenant handles requests; `done` is to be called once for each that it got.
   * Throws StoreError if the tenant cannot be served now.
   */
  take(tenant: string): Taken | Promise<Taken>;
}

export interface Taken {
  handle: RequestHandler;
  done: () => void;
}

/**
 * Hands every request with a valid key of a tenant to the server of that tenant, as it has come: no other has
 * counted, logged or measured it. All others, and those for files, which are everybody's, stay with the
 * default server. Where there are no keys of tenants this costs one comparison.
 */
export function routeTenants(
  keys: KeyRing,
  tenants: TenantServers,
  byDefault: RequestHandler,
): RequestHandler {
  return (request, response) => {
    const tenant = keys.hasTenants ? tenantOf(request, keys) : undefined;
    if (tenant === undefined) byDefault(request, response);
    else void passOn(tenants, tenant, { request, response, byDefault });
  };
}

/** The tenant whose server takes the request; undefined for the default one. */
function tenantOf({ headers, url = '' }: IncomingMessage, keys: KeyRing): string | undefined {
  const token = tokenOf(headers.authorization);
  if (token === undefined) return undefined;
  const named = keys.tenantOf(token);
  if (named === undefined || named === DEFAULT_TENANT || FILES.test(pathOf(url))) return undefined;
  return keys.callerOf(token) && named;
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

async function passOn(
  tenants: TenantServers,
  tenant: string,
  {
    request,
    response,
    byDefault,
  }: { request: IncomingMessage; response: ServerResponse; byDefault: RequestHandler },
): Promise<void> {
  let taken: Taken;
  try {
    const open = tenants.take(tenant);
    taken = open instanceof Promise ? await open : open;
  } catch (error) {
    refuseBefore(request, error instanceof StoreError ? error : Unexpected.from(error));
    byDefault(request, response);
    return;
  }
  const { handle, done } = taken;
  // For a client that has gone while the store was opened, `close` does not come again.
  if (response.destroyed) done();
  else {
    response.once('close', done);
    handle(request, response);
  }
}
