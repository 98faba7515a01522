import 'reflect-metadata';
import { pino, type Logger } from 'pino';
import { readConfig, type Config } from './config.js';
import { StartRefused, StoreError } from './errors.js';
import { shareMainThreadLoad } from './give-way.js';
import { Policies } from './modules/context/policy/policies.js';
import { checkRecipients } from './operations/encryption/encrypted-files.js';
import { makeServer } from './server.js';
import { stopOnSignals } from './stop-on-signals.js';
import { loaded } from './stop-while-loading.js';
import { stopWithParent } from './stop-with-parent.js';
import type { KeyRing } from './store/keys/key-ring.js';
import { readWordVectors } from './store/read-word-vectors.js';
import { wasKilled } from './store/sqlite/data-folder.js';
import { ofTenant } from './store/tenants/tenant-place.js';
import { tenantNames } from './store/tenants/tenant-stores.js';
import { tenantOfLine } from './tenants/log-tenant.js';
import { openStoreWithBackups } from './tenants/open-store-with-backups.js';
import { openTenant } from './tenants/open-tenant.js';
import { TenantBackups } from './tenants/tenant-backups.js';
import { Tenants } from './tenants/tenants.js';

/** What is open so far, and whether a signal has stopped the start. */
class Startup {
  readonly stop = new AbortController();
  close: () => Promise<void> = async () => undefined;

  /** Notes how to close what was opened, and all before it. Throws if the start was stopped before. */
  opened(close: () => Promise<void>): void {
    this.close = close;
    this.stop.signal.throwIfAborted();
  }
}

/** Starts the service. A signal before it listens closes what is open after the step at work. */
async function start(config: Config, logger: Logger): Promise<void> {
  if (config.startedByNpm) stopWithParent();
  const startup = new Startup();
  const listening = Promise.withResolvers<void>();
  const app = {
    async close() {
      startup.stop.abort();
      await listening.promise;
      await startup.close();
    },
  };
  stopOnSignals(app, config.deadlines.shutdownMs, logger);
  loaded();
  try {
    await listen(startup, config, logger);
  } catch (error) {
    if (startup.stop.signal.aborted) return;
    await startup.close();
    throw error;
  } finally {
    listening.resolve();
  }
}

async function listen(startup: Startup, config: Config, logger: Logger): Promise<void> {
  shareMainThreadLoad();
  await checkRecipients(config.backups.recipients);
  const words = readWordVectors(config.wordVectors);
  const policies = Policies.read(config.contextPolicies, words?.version);
  const opened = (close: () => Promise<void>) => startup.opened(close);
  const { store, backups, personReads } = await openStoreWithBackups(config, logger, { words }, opened);
  refuseUnprotected(config, store.keys);
  startup.opened(startup.close);
  const { keys } = store;
  const drained = Promise.withResolvers<void>();
  const place = {
    url: '',
    drained: () => (startup.stop.signal.aborted ? drained.promise : Promise.resolve()),
  };
  const parts = { config, logger, keys, policies, words };
  const open = (tenant: string) => openTenant(tenant, { ...parts, ...place });
  const tenants = new Tenants({ open, keys, logger, maxOpen: config.maxOpenTenants });
  const tenantBackups = new TenantBackups({
    config: { ...config.backups, retentionSchedule: config.retention.schedule },
    tenants,
    names: () => tenantNames(config),
    // PostgreSQL does not say who had a schema open.
    mayHaveWorkLeft: (tenant) =>
      config.databaseUrl !== undefined || wasKilled(ofTenant(config, tenant).dataDir),
    isLeader: () => backups.isLeader(),
    logger,
  });
  const tenantsInTrouble = () => tenantBackups.inTrouble;
  const served = { store, backups, personReads, policies, tenantsInTrouble };
  const app = await makeServer(served, config, logger, { tenants });
  app.getHttpServer().once('close', drained.resolve);
  startup.opened(async () => {
    await tenantBackups.close();
    await Promise.all([app.close(), tenants.close()]);
  });
  try {
    await app.listen(config.port, config.host);
  } catch (cause) {
    throw cannotListen(config, cause);
  }
  place.url = await app.getUrl();
  store.announce({ url: place.url, backupDir: config.backupDir });
  backups.begin();
  tenantBackups.begin();
  const { head: position } = await store.reads.storeHead();
  logger.info({
    msg: 'EdgeSoul Store is listening',
    url: place.url,
    ...(config.databaseUrl === undefined ? { dataDir: config.dataDir } : { database: 'postgresql' }),
    position,
  });
}

/** Nobody opens a store to a network by mistake. */
function refuseUnprotected({ access, host }: Config, keys: KeyRing): void {
  if (!access.isOn || access.isLocal || keys.hasUsableKey) return;
  throw new StartRefused(
    `HOST ${host} can be reached from other machines, and this store has no key that is valid. Create one with ` +
      '"npm run edgesoul -- keys create --name chat --scope chat", or set AUTH=off to let everybody in.',
  );
}

function cannotListen({ host, port }: Config, cause: unknown): unknown {
  const { code } = cause as { code?: string };
  if (code === 'EADDRINUSE')
    return new StartRefused(`Port ${port} of ${host} is in use; set PORT to another one.`);
  if (code === 'EACCES')
    return new StartRefused(`This user may not listen on port ${port}; set PORT to 1024 or higher.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartRefused(`HOST ${host} is not an address of this machine.`);
  }
  return cause;
}

let logger = pino();
try {
  const config = readConfig(process.env);
  logger = pino({
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: tenantOfLine,
  });
  await start(config, logger);
} catch (error) {
  if (error instanceof StartRefused || error instanceof StoreError) console.error(error.message);
  else logger.fatal(error);
  process.exit(1);
}
