import 'reflect-metadata';
import { pino, type Logger } from 'pino';
import { readConfig, type Config } from './config.js';
import { StartRefused, StoreError } from './errors.js';
import { DECIDERS } from './modules/command-catalog.js';
import { Policies } from './modules/context/policy/policies.js';
import { Backups } from './operations/backup/backups.js';
import { makeServer } from './server.js';
import { stopOnSignals } from './stop-on-signals.js';
import { loaded } from './stop-while-loading.js';
import { stopWithParent } from './stop-with-parent.js';
import { openStore } from './store/open-store.js';

/** What is open so far, and whether a signal has stopped the start. */
class Startup {
  readonly stop = new AbortController();
  close: () => Promise<void> = async () => undefined;

  /** Notes how to close what was opened, and all before it. Throws if the start was stopped meanwhile. */
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
  const policies = Policies.read(config.contextPolicies);
  const store = await openStore(config, DECIDERS);
  startup.opened(() => store.close());
  for (const name of store.opened.migrations) logger.info({ msg: 'migrated', migration: name });
  for (const { projection, events } of store.opened.caughtUp) {
    logger.warn({ msg: 'projection lagged behind the log and has caught up', projection, events });
  }
  const { schedule, drillSchedule, continuous, keep } = config.backups;
  const settings = {
    address: store.address,
    reads: store.reads,
    folder: config.backupDir,
    schedule,
    drillSchedule,
    continuous,
    keep,
  };
  const backups = new Backups(settings, logger);
  const closeBoth = async (): Promise<void> => {
    await backups.close();
    await store.close();
  };
  startup.opened(closeBoth);
  await backups.lossWatch.begin();
  startup.opened(closeBoth);
  const app = await makeServer({ store, backups, policies }, config, logger);
  startup.opened(() => app.close());
  try {
    await app.listen(config.port, config.host);
  } catch (cause) {
    throw cannotListen(config, cause);
  }
  const url = await app.getUrl();
  store.announce({ url, backupDir: config.backupDir });
  backups.begin();
  const { head: position } = await store.reads.storeHead();
  logger.info({
    msg: 'EdgeSoul Store is listening',
    url,
    ...(config.databaseUrl === undefined ? { dataDir: config.dataDir } : { database: 'postgresql' }),
    position,
  });
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
  logger = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  await start(config, logger);
} catch (error) {
  if (error instanceof StartRefused || error instanceof StoreError) console.error(error.message);
  else logger.fatal(error);
  process.exit(1);
}
