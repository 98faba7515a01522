import { randomUUID } from 'node:crypto';
import { Server as TcpServer } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type ServedParts } from './app.module.js';
import { InvalidInput } from './errors.js';
import { newId } from './events/uuid.js';
import { FaultWatch } from './fault-watch.js';
import { HttpErrorFilter, sendProblem } from './http/http-error.filter.js';
import { acceptJson } from './http/json-body.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';
import { measureRequests } from './http/request-metrics.js';
import { encodedUrl, queryRefusal } from './http/text-of-bytes.js';
import { Metrics } from './modules/metrics.js';
import { compileValidators } from './validation/validator.js';

/**
 * What the fields of a command allow fits in, also with every letter escaped: two messages of 64,000 characters, each
 * sent as two escaped surrogates (12 bytes).
 */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_BATCH_BODY_BYTES = 16 * 1024 * 1024;
/** How long idle connections stay open after a shutdown begins, ms: a request may be on its way on one. */
const GRACE_MS = 250;
/** Interval at which idle connections are closed during shutdown, ms. */
const IDLE_SWEEP_MS = 50;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Builds the HTTP service over an open store; the caller makes it listen. */
export async function makeServer(parts: ServedParts, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // Longer than any valid id, so that too long an id is answered like any other invalid field.
    routerOptions: { maxParamLength: 2_048 },
    requestIdHeader: 'x-correlation-id',
    genReqId: newId,
    rewriteUrl: ({ url = '/' }) => encodedUrl(url),
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
  instance.addHook('onRequest', (request, _reply, done) => done(queryRefusal(request.url)));
  closeConnectionsWhenStopping(instance);
  const metrics = new Metrics();
  measureRequests(instance, metrics.registry);
  if (logger.isLevelEnabled('debug')) logRequests(instance, logger);
  const served = AppModule.of({ ...parts, metrics });
  const app = await NestFactory.create<NestFastifyApplication>(served, adapter, {
    bodyParser: false,
    logger: new PinoLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new HttpErrorFilter(app.get(FaultWatch)));
  compileValidators();
  await serveDocs(app);
  return app;
}

/** During shutdown, every answer ends its connection, and idle connections are closed. */
function closeConnectionsWhenStopping(instance: FastifyInstance): void {
  let stopping = false;
  instance.addHook('preClose', (done) => {
    stopping = true;
    // Not the HTTP server's own close(): it cuts idle connections although a request may be on its way.
    TcpServer.prototype.close.call(instance.server);
    setTimeout(() => {
      const sweeper = setInterval(() => instance.server.closeIdleConnections(), IDLE_SWEEP_MS);
      instance.server.once('close', () => clearInterval(sweeper));
      done();
    }, GRACE_MS);
  });
  instance.addHook('onRequest', (_request, reply, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
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
