import { constants } from 'node:os';
import type { Logger } from 'pino';

/** The signals that stop the service. */
export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/**
 * A signal that follows the first one so soon is the same: npm passes on a Ctrl-C that also reached the
 * service.
 */
const SAME_SIGNAL_MS = 500;

interface Closable {
  close(): Promise<void>;
}

interface StoppedProcess {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): never;
}

/**
 * Stops the service at the first signal, with exit code 0. The process ends in any case: with code 1 when the
 * stop takes longer than `shutdownMs`, and with 128 + the signal's number at once when another signal comes.
 */
export function stopOnSignals(
  app: Closable,
  shutdownMs: number,
  logger: Logger,
  self: StoppedProcess = process,
): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    stoppingSince = performance.now();
    logger.info({ msg: 'stopping: finishing the requests in flight', signal });
    setTimeout(() => {
      logger.error({ msg: 'the stop took too long: ended without waiting further', ms: shutdownMs });
      self.exit(1);
    }, shutdownMs);
    app.close().then(
      () => self.exit(0),
      (error: unknown) => {
        logger.fatal(error);
        self.exit(1);
      },
    );
  };
  for (const signal of STOP_SIGNALS) {
    self.on(signal, () => {
      if (stoppingSince === undefined) stop(signal);
      else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
        logger.warn({ msg: 'stopped at once by another signal', signal });
        self.exit(128 + constants.signals[signal]);
      }
    });
  }
}
