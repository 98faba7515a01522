import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { StartRefused, StoreError, Unavailable } from '../errors.js';
import type { RequestHandler } from '../http/access/route-tenants.js';
import type { Policies } from '../modules/context/policy/policies.js';
import type { Backups } from '../operations/backup/backups.js';
import { Rebuilds } from '../operations/rebuild/rebuilds.js';
import { Retention } from '../operations/retention/retention.js';
import { Verifications } from '../operations/verify/verifications.js';
import { makeServer } from '../server.js';
import type { KeyRing } from '../store/keys/key-ring.js';
import type { LoadedWordVectors } from '../store/read-word-vectors.js';
import { ofTenant } from '../store/tenants/tenant-place.js';
import { hasTenant } from '../store/tenants/tenant-stores.js';
import { loggedAs } from './log-tenant.js';
import { openStoreWithBackups } from './open-store-with-backups.js';

/** The open store of a tenant, with a service of its own over it. */
export interface OpenTenant {
  handle: RequestHandler;
  backups: Backups;
  retention: Retention;
  /** Whether long work runs on it that closing would end. */
  isBusy(): boolean;
  /** Finishes what its requests wait for, and closes the store. */
  close(): Promise<void>;
}

/** What the services of all tenants have from the process. */
export interface TenantParts {
  /** The settings of the default store. */
  config: Config;
  logger: Logger;
  keys: KeyRing;
  policies: Policies;
  words: LoadedWordVectors | undefined;
  /** Where the process listens. */
  url: string;
  /** Resolves when no request is on its way any more, if the process stops; at once if it does not. */
  drained: () => Promise<void>;
}

/**
 * Opens the store of a tenant, and builds a whole service over it that shares nothing with another tenant's
 * but the port, the keys and what nobody can change. Throws Unavailable if that is impossible now.
 */
export function openTenant(tenant: string, parts: TenantParts): Promise<OpenTenant> {
  return loggedAs(tenant, async () => {
    let close: (() => Promise<void>) | undefined;
    try {
      return await opened(tenant, parts, (how) => (close = how));
    } catch (cause) {
      await close?.();
      parts.logger.error({ msg: 'the store of a tenant cannot be opened', cause: whyIn(cause) });
      throw unavailable(cause);
    }
  });
}

async function opened(
  tenant: string,
  { config: shared, logger, keys, policies, words, url, drained }: TenantParts,
  onOpened: (close: () => Promise<void>) => void,
): Promise<OpenTenant> {
  if (!(await hasTenant(shared, tenant)))
    throw new StartRefused('It has been removed, or was never created.');
  const { schedule: _, drillSchedule: __, ...backupSettings } = shared.backups;
  // What is scheduled is done for the stores of all tenants one after another: see TenantBackups.
  const unscheduled = { ...backupSettings, schedule: undefined, drillSchedule: undefined };
  const retention = { ...shared.retention, schedule: undefined };
  const config = { ...ofTenant(shared, tenant), backups: unscheduled, retention };
  const { store, backups, personReads } = await openStoreWithBackups(
    config,
    logger,
    { words, keys },
    onOpened,
  );
  const app = await makeServer({ store, backups, personReads, policies }, config, logger, {
    tenant,
    drained,
  });
  onOpened(() => app.close());
  await app.init();
  const instance: FastifyInstance = app.getHttpAdapter().getInstance();
  await instance.ready();
  store.announce({ url, backupDir: config.backupDir });
  backups.begin();
  const kept = app.get(Retention);
  const jobs = [
    backups.jobs,
    backups.drills,
    backups.rewritings.jobs,
    kept.jobs,
    app.get(Rebuilds).jobs,
    app.get(Verifications).jobs,
  ];
  return {
    handle: (request, response) => loggedAs(tenant, () => instance.routing(request, response)),
    backups,
    retention: kept,
    isBusy: () => jobs.some(({ isRunning }) => isRunning),
    close: () => loggedAs(tenant, () => app.close()),
  };
}

function whyIn(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The caller learns that it is not its own fault, and nothing of where the store is. */
function unavailable(cause: unknown): StoreError {
  const message = 'The store of this tenant cannot be opened now; the cause is in the process log.';
  return new Unavailable('database.unavailable', message, { cause });
}
