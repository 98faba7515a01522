import { randomUUID } from 'node:crypto';
import { Server as TcpServer } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type Served } from './app.module.js';
import { InvalidInput } from './errors.js';
import { newId } from './events/uuid.js';
import { HttpErrorFilter, sendProblem } from './http/http-error.filter.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';
import { measureRequests } from './http/request-metrics.js';
import { Metrics } from './modules/metrics.js';
import { compileValidators } from './validation/validator.js';

const BODY_LIMIT = 1024 * 1024;
const BATCH_BODY_LIMIT = 8 * 1024 * 1024;
/** For how long busy connections are told to close before idle ones are closed: a request may be on its way on them. */
const PARTING_MS = 250;
/** How often connections that have fallen idle are closed while stopping. */
const SWEEP_MS = 50;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** The HTTP service over an open store, ready to listen. */
export async function makeServer(over: Served, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // Longer than any valid id, so that a long one is answered like every other bad field.
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
    if (route.url === '/v1/commands') route.bodyLimit = BATCH_BODY_LIMIT;
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const bad = !CORRELATION_ID.test(request.id);
    void reply.header('x-correlation-id', bad ? randomUUID() : request.id);
    done(
      bad ? InvalidInput.field('X-Correlation-Id', 'must be 1 to 128 visible ASCII characters') : undefined,
    );
  });
  closeConnectionsWhenStopping(instance);
  const metrics = new Metrics();
  measureRequests(instance, metrics.registry);
  if (logger.isLevelEnabled('debug')) logRequests(instance, logger);
  const served = AppModule.of({ ...over, metrics });
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

/** Takes JSON only; a route without a body may be sent none. */
function acceptJson(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'ignore');
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

/** From the moment of stopping every answer is the last of its connection, and connections that fall idle are closed. */
function closeConnectionsWhenStopping(instance: FastifyInstance): void {
  let stopping = false;
  instance.addHook('preClose', (done) => {
    stopping = true;
    // Not the HTTP server's own close: that cuts connections at once on which a request may be on its way.
    TcpServer.prototype.close.call(instance.server);
    setTimeout(() => {
      const sweep = setInterval(() => instance.server.closeIdleConnections(), SWEEP_MS);
      instance.server.once('close', () => clearInterval(sweep));
      done();
    }, PARTING_MS);
  });
  instance.addHook('onRequest', (_request, reply, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
}

/** Method, route, status and time, never the path's ids or a body. */
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
