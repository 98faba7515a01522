import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type ServedParts } from './app.module.js';
import type { Config } from './config.js';
import { InvalidInput } from './errors.js';
import { newId } from './events/uuid.js';
import { answerBadConnections, closeConnectionsWhenStopping, connectionOptions } from './http/connections.js';
import { HttpErrorFilter, sendProblem } from './http/http-error.filter.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';
import { measureRequests } from './http/request-metrics.js';
import { Metrics } from './modules/metrics.js';
import { compileValidators } from './validation/validator.js';

/**
 * What the fields of a command allow fits in, also with every letter escaped: two messages of 64,000 characters, each
 * sent as two escaped surrogates (12 bytes).
 */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_BATCH_BODY_BYTES = 16 * 1024 * 1024;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Builds the HTTP service over an open store; the caller makes it listen. */
export async function makeServer(
  parts: ServedParts,
  { deadlines }: Config,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http: connectionOptions(deadlines),
    requestTimeout: deadlines.requestMs,
    bodyLimit: MAX_BODY_BYTES,
    // Longer than any valid id, so that too long an id is answered like any other invalid field.
    routerOptions: { maxParamLength: 2_048 },
    requestIdHeader: 'x-correlation-id',
    genReqId: newId,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      void reply.header('x-correlation-id', request.id);
      sendProblem(reply as unknown as FastifyReply, InvalidInput.malformed(error.message, error));
    },
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const instance = adapter.getInstance<FastifyInstance>();
  acceptJson(instance);
  instance.addHook('onRoute', (route) => {
    if (route.url === '/v1/commands') route.bodyLimit = MAX_BATCH_BODY_BYTES;
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const bad = !CORRELATION_ID.test(request.id);
    void reply.header('x-correlation-id', bad ? randomUUID() : request.id);
    done(
      bad ? InvalidInput.field('X-Correlation-Id', 'must be 1 to 128 visible ASCII characters') : undefined,
    );
  });
  answerBadConnections(instance.server);
  closeConnectionsWhenStopping(instance, deadlines.shutdownMs);
  const metrics = new Metrics();
  measureRequests(instance, metrics.registry);
  if (logger.isLevelEnabled('debug')) logRequests(instance, logger);
  const served = AppModule.of({ ...parts, metrics });
  const app = await NestFactory.create<NestFastifyApplication>(served, adapter, {
    bodyParser: false,
    logger: new PinoLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new HttpErrorFilter());
  compileValidators();
  await serveDocs(app);
  return app;
}

/**
 * Accepts JSON only; an empty body counts as no body. A field `__proto__` stays an ordinary field of its object: the
 * validators refuse it by its path.
 */
function acceptJson(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('ignore', 'ignore');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (request: FastifyRequest, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body as string, done);
    },
  );
}

/** Logs method, route, status and duration, but never the ids in the path or a body. */
function logRequests(instance: FastifyInstance, logger: Logger): void {
  instance.addHook('onResponse', (request, reply, done) => {
    logger.debug({
      msg: 'request',
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
    });
    done();
  });
}
