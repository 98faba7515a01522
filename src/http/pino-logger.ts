import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Sends Nest's own messages through pino, so that the log is one stream of JSON lines. */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, context?: string): void {
    // At startup Nest logs every route and module, which only helps in debugging.
    this.pino.debug(fields(message, context));
  }

  error(message: unknown, ...rest: string[]): void {
    this.pino.error(fields(message, rest.at(-1)));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn(fields(message, context));
  }

  debug(message: unknown, context?: string): void {
    this.pino.debug(fields(message, context));
  }

  verbose(message: unknown, context?: string): void {
    this.pino.trace(fields(message, context));
  }
}

function fields(message: unknown, context: string | undefined): object {
  return typeof message === 'object' && message !== null
    ? { context, ...message }
    : { context, msg: message };
}
