import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound, StoreError, TooLarge, Unavailable, Unexpected } from '../../errors.js';
import type { FaultWatch } from '../../fault-watch.js';
import { failureFields } from '../../logged-failure.js';
import { QuotaReached } from '../../writer/quotas/quota-reached.js';
import { AccessRefusal } from '../access/access-refusal.js';
import { TooManyRequests } from '../access/rate-limits.js';
import { frameworkRefusal, readOn } from './framework-refusal.js';
import { NoRoom } from './http-refusal.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';

/** The only place that turns an error into an HTTP answer. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly faults: FaultWatch) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = storeError(exception, request);
    // The writer reports what happens to commands, also to those of a batch.
    if (request.method === 'GET') this.faults.failed(error);
    reportFailure(error, request.id);
    sendProblem(reply, error);
  }
}

const logger = new Logger('http');

/** Logs a failure of the service itself, which a person has to check; skips client errors and Unavailable. */
export function reportFailure(error: unknown, requestId: string): void {
  const failure = error instanceof StoreError ? error : Unexpected.from(error);
  if (failure.status < 500 || failure instanceof Unavailable) return;
  const { code, why, cause } = failureFields(failure);
  logger.error({ msg: why, code, requestId, cause });
}

/** Sends the error as a problem document, with Retry-After where a retry helps. */
export function sendProblem(reply: FastifyReply, error: StoreError): void {
  if (error instanceof AccessRefusal) void reply.header('www-authenticate', error.challenge);
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (error instanceof TooLarge || error instanceof NoRoom) readOn(reply);
  void reply
    .code(error.status)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(error)));
}

/** Seconds; undefined where a retry does not help. */
function retryAfterOf(error: StoreError): number | undefined {
  const canSay =
    error instanceof Unavailable || error instanceof TooManyRequests || error instanceof QuotaReached;
  return canSay ? error.retryAfter : undefined;
}

function storeError(exception: unknown, request: FastifyRequest): StoreError {
  if (exception instanceof StoreError) return exception;
  const { statusCode } = exception as { statusCode?: number };
  const status = exception instanceof HttpException ? exception.getStatus() : statusCode;
  if (status === 404) return NotFound.route(request.method, request.url.split('?')[0] ?? '');
  if (status !== undefined && status >= 400 && status < 500) return frameworkRefusal(exception, status);
  return Unexpected.from(exception);
}
