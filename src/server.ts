import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { AppModule, type ServedParts } from './app.module.js';
import type { Config } from './config.js';
import { InvalidInput } from './errors.js';
import { newId } from './events/uuid.js';
import { FaultWatch } from './fault-watch.js';
import { bodyBytes, COMMAND_BODY_BYTES } from './http/body-limits.js';
import { boundBodies } from './http/body-memory.js';
import { answerBadConnections, closeConnectionsWhenStopping, connectionOptions } from './http/connections.js';
import { corsOptions } from './http/cors-options.js';
import { frameworkRefusal } from './http/framework-refusal.js';
import { guardRequests } from './http/guard-requests.js';
import { HttpErrorFilter, sendProblem } from './http/http-error.filter.js';
import { acceptJson } from './http/json-body.js';
import { serveDocs } from './http/open-api.js';
import { PinoLogger } from './http/pino-logger.js';
import { measureRequests } from './http/request-metrics.js';
import { servePage } from './http/serve-page.js';
import { encodedUrl, queryRefusal } from './http/text-of-bytes.js';
import { Metrics } from './modules/metrics.js';
import { compileValidators } from './validation/validator.js';

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;

/** Builds the HTTP service over an open store; the caller makes it listen. */
export async function makeServer(
  parts: ServedParts,
  { bodyMemory, deadlines, callers }: Config,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http: connectionOptions(deadlines),
    requestTimeout: deadlines.requestMs,
    bodyLimit: COMMAND_BODY_BYTES,
    // As long as any URL, so that too long an id is answered like any other invalid field.
    routerOptions: { maxParamLength: 16_384 },
    requestIdHeader: 'x-correlation-id',
    genReqId: newId,
    rewriteUrl: ({ url = '/' }) => encodedUrl(url),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      void reply.header('x-correlation-id', request.id);
      sendProblem(reply as unknown as FastifyReply, frameworkRefusal(error, 400));
    },
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const instance = adapter.getInstance<FastifyInstance>();
  acceptJson(instance);
  instance.addHook('onRoute', (route) => {
    route.bodyLimit = bodyBytes(route.url);
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const bad = !CORRELATION_ID.test(request.id);
    void reply.header('x-correlation-id', bad ? randomUUID() : request.id);
    done(
      bad ? InvalidInput.field('X-Correlation-Id', 'must be 1 to 128 visible ASCII characters') : undefined,
    );
  });
  instance.addHook('onRequest', (request, _reply, done) => done(queryRefusal(request.url)));
  guardRequests(instance, callers);
  // Not awaited, which would start the server's plugins before there are all of its hooks.
  if (callers.origins.length > 0) void instance.register(cors, () => corsOptions(callers.origins));
  boundBodies(instance, bodyMemory);
  answerBadConnections(instance.server);
  closeConnectionsWhenStopping(instance, deadlines.shutdownMs);
  const metrics = new Metrics();
  measureRequests(instance, metrics.registry);
  if (logger.isLevelEnabled('debug')) logRequests(instance, logger);
  servePage(instance);
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
